package dev.taskstop.benchmarks;

import static java.nio.charset.StandardCharsets.UTF_8;

import de.erichseifert.vectorgraphics2d.VectorGraphics2D;
import de.erichseifert.vectorgraphics2d.intermediate.CommandSequence;
import de.erichseifert.vectorgraphics2d.svg.SVGProcessor;
import de.erichseifert.vectorgraphics2d.util.PageSize;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.knowm.xchart.CategoryChart;
import org.knowm.xchart.CategoryChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;

/** Stops per second above, CPU per stop below: a group of bars for each protocol. */
final class Chart {

    private static final int WIDTH = 900;
    private static final int HEIGHT = 380;

    /** Texts are drawn as outlines, whose coordinates are half of the file. */
    private static final Pattern SURPLUS_DIGITS = Pattern.compile("(\\.\\d\\d)\\d+");

    /** To be told apart by everybody: after Okabe and Ito. */
    private static final Color[] COLOURS = {
        new Color(0xD55E00),
        new Color(0x0072B2),
        new Color(0x56B4E9),
        new Color(0x009E73),
        new Color(0xE69F00),
        new Color(0xCC79A7)
    };

    private Chart() {}

    static void write(Results results, Path file) throws IOException {
        VectorGraphics2D graphics = new VectorGraphics2D();
        chart("Stops per second (more is better)", results, Medians::stopsPerSecond)
                .paint(graphics, WIDTH, HEIGHT);
        graphics.translate(0, HEIGHT);
        chart("CPU per stop, µs (less is better)", results, Medians::cpuMicros).paint(graphics, WIDTH, HEIGHT);
        CommandSequence commands = graphics.getCommands();
        ByteArrayOutputStream svg = new ByteArrayOutputStream();
        new SVGProcessor()
                .getDocument(commands, new PageSize(0, 0, WIDTH, 2 * HEIGHT))
                .writeTo(svg);
        Files.writeString(file, SURPLUS_DIGITS.matcher(svg.toString(UTF_8)).replaceAll("$1"));
    }

    private static CategoryChart chart(String title, Results results, ToDoubleFunction<Medians> value) {
        CategoryChart chart = new CategoryChartBuilder().title(title).build();
        chart.getStyler().setChartBackgroundColor(Color.WHITE);
        chart.getStyler().setSeriesColors(COLOURS);
        chart.getStyler().setLegendPosition(LegendPosition.OutsideE);
        chart.getStyler().setPlotGridVerticalLinesVisible(false);
        List<Protocol> protocols = results.protocols();
        List<String> groups = protocols.stream().map(Protocol::title).toList();
        for (Contenders contender : Contenders.values()) {
            List<Double> bars = protocols.stream()
                    .map(protocol -> results.medians(protocol, contender)
                            .map(value::applyAsDouble)
                            .orElse(0.0))
                    .toList();
            if (bars.stream().anyMatch(bar -> bar > 0)) {
                chart.addSeries(contender.title(), groups, bars);
            }
        }
        return chart;
    }
}

package dev.taskstop.benchmarks;

import java.util.List;
import java.util.function.ToDoubleFunction;

/** What several runs of the same job come to. */
record Medians(double stopsPerSecond, double cpuMicros, double bytes, double peakHeapMebibytes) {

    static Medians of(List<Measurement> runs) {
        return new Medians(
                median(runs, Measurement::stopsPerSecond),
                median(runs, Measurement::cpuMicrosPerStop),
                median(runs, Measurement::bytesPerStop),
                median(runs, Measurement::peakHeapMebibytes));
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> value) {
        return Quartiles.of(runs.stream().mapToDouble(value)).median();
    }
}

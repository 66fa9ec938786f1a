package dev.taskstop.benchmarks;

import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/** What several runs of the same job come to. */
record Medians(
        double stopsPerSecond,
        double slowest,
        double fastest,
        double cpuMicros,
        double bytes,
        double peakHeapMebibytes) {

    static Medians of(List<Measurement> runs) {
        return new Medians(
                median(runs, Measurement::stopsPerSecond),
                runs.stream().mapToDouble(Measurement::stopsPerSecond).min().orElseThrow(),
                runs.stream().mapToDouble(Measurement::stopsPerSecond).max().orElseThrow(),
                median(runs, Measurement::cpuMicrosPerStop),
                median(runs, Measurement::bytesPerStop),
                median(runs, Measurement::peakHeapMebibytes));
    }

    /** The middle value; of an even number of values, the mean of the two in the middle. */
    static double median(double... values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private static double median(List<Measurement> runs, ToDoubleFunction<Measurement> value) {
        return median(runs.stream().mapToDouble(value).toArray());
    }
}

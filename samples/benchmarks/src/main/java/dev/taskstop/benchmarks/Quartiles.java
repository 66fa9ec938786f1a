package dev.taskstop.benchmarks;

import java.util.stream.DoubleStream;

/**
 * What the values of many rounds come to.
 *
 * @param lower a quarter of them are below it
 * @param median of an even number of values, the mean of the two in the middle
 * @param upper a quarter of them are above it
 */
record Quartiles(double lower, double median, double upper) {

    static Quartiles of(DoubleStream values) {
        double[] sorted = values.sorted().toArray();
        int last = sorted.length - 1;
        int quarter = sorted.length / 4;
        double median = (sorted[sorted.length / 2] + sorted[last / 2]) / 2;
        return new Quartiles(sorted[quarter], median, sorted[last - quarter]);
    }
}

package dev.taskstop.reliability;

import com.sun.management.UnixOperatingSystemMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.ToLongFunction;
import java.util.stream.Stream;

/** What the process holds, after a garbage collection. */
record Holding(long heap, long direct, long descriptors, long threads) {

    private static final long MEBIBYTE = 1 << 20;

    static Holding now() {
        System.gc();
        UnixOperatingSystemMXBean system = (UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        return new Holding(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                        .metric()
                        .usedDirectMemory(),
                system.getOpenFileDescriptorCount(),
                ManagementFactory.getThreadMXBean().getThreadCount());
    }

    @Override
    public String toString() {
        return String.format(
                "heap %.1f MiB, direct %.1f MiB, %d descriptors, %d threads",
                heap / (double) MEBIBYTE, direct / (double) MEBIBYTE, descriptors, threads);
    }

    /** Compares the last third with the second: the first is for whatever is kept for good, caches and pools. */
    static boolean areSteady(List<Holding> holdings) {
        int third = holdings.size() / 3;
        List<Holding> early = holdings.subList(third, 2 * third);
        List<Holding> late = holdings.subList(2 * third, holdings.size());
        return Stream.of(
                        isSteady("heap", early, late, Holding::heap, 2 * MEBIBYTE),
                        isSteady("direct memory", early, late, Holding::direct, 4 * MEBIBYTE),
                        // The idle connections of a pool may or may not be there.
                        isSteady("descriptors", early, late, Holding::descriptors, 64),
                        isSteady("threads", early, late, Holding::threads, 4))
                .allMatch(it -> it);
    }

    private static boolean isSteady(
            String what, List<Holding> early, List<Holding> late, ToLongFunction<Holding> value, long slack) {
        long before = median(early, value);
        long after = median(late, value);
        boolean steady = after <= before + before / 10 + slack;
        System.out.printf("%s: %,d, then %,d%s%n", what, before, after, steady ? "" : ": it grows");
        return steady;
    }

    private static long median(List<Holding> holdings, ToLongFunction<Holding> value) {
        return holdings.stream()
                .mapToLong(value)
                .sorted()
                .skip(holdings.size() / 2)
                .findFirst()
                .orElse(0);
    }
}

package dev.taskstop.benchmarks;

import com.sun.management.GarbageCollectionNotificationInfo;
import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import javax.management.Notification;
import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

/**
 * Measures this process over a stretch of work.
 *
 * <p>Allocation is summed up over the threads that live at the end, which works the same from Java 17 on: no client here
 * ends a thread of its own while it is being measured.
 */
final class Meter {

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Set<String> HEAP_POOLS = ManagementFactory.getMemoryPoolMXBeans().stream()
            .filter(pool -> pool.getType() == MemoryType.HEAP)
            .map(MemoryPoolMXBean::getName)
            .collect(Collectors.toSet());

    private final AtomicLong peakAfterCollection = new AtomicLong();

    Meter() {
        ManagementFactory.getGarbageCollectorMXBeans()
                .forEach(collector -> ((NotificationEmitter) collector)
                        .addNotificationListener((notification, handback) -> collected(notification), null, null));
    }

    /**
     * Runs the work between two full garbage collections.
     *
     * @param work gives the number of stops
     */
    Measurement measure(LongSupplier work) {
        System.gc();
        peakAfterCollection.set(0);
        Map<Long, Long> allocatedBefore = allocatedBytes();
        long cpuBefore = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        long stops = work.getAsLong();
        long nanos = System.nanoTime() - start;
        long cpu = SYSTEM.getProcessCpuTime() - cpuBefore;
        long allocated = allocatedBytes().entrySet().stream()
                .mapToLong(thread -> thread.getValue() - allocatedBefore.getOrDefault(thread.getKey(), 0L))
                .sum();
        System.gc();
        long live = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
        long peak = Math.max(live, peakAfterCollection.get());
        return new Measurement(stops, nanos / 1e9, cpu / 1e9, allocated, peak, live);
    }

    private static Map<Long, Long> allocatedBytes() {
        long[] threads = THREADS.getAllThreadIds();
        long[] bytes = THREADS.getThreadAllocatedBytes(threads);
        return IntStream.range(0, threads.length)
                .filter(i -> bytes[i] >= 0)
                .boxed()
                .collect(Collectors.toMap(i -> threads[i], i -> bytes[i]));
    }

    private void collected(Notification notification) {
        if (notification.getUserData() instanceof CompositeData data) {
            long used =
                    GarbageCollectionNotificationInfo.from(data).getGcInfo().getMemoryUsageAfterGc().entrySet().stream()
                            .filter(pool -> HEAP_POOLS.contains(pool.getKey()))
                            .mapToLong(pool -> pool.getValue().getUsed())
                            .sum();
            peakAfterCollection.accumulateAndGet(used, Math::max);
        }
    }
}

package dev.taskstop.benchmarks;

/**
 * What a run took.
 *
 * @param cpuSeconds of the whole process, its compiler and garbage collector among it
 * @param allocatedBytes on the heap, by all threads that live at the end
 * @param peakHeapBytes the most that was in use right after a garbage collection
 * @param liveHeapBytes what was in use after the last garbage collection, with the client still open
 */
record Measurement(
        long stops, double seconds, double cpuSeconds, long allocatedBytes, long peakHeapBytes, long liveHeapBytes) {

    double stopsPerSecond() {
        return stops / seconds;
    }

    double cpuMicrosPerStop() {
        return cpuSeconds * 1e6 / stops;
    }

    double bytesPerStop() {
        return (double) allocatedBytes / stops;
    }

    double peakHeapMebibytes() {
        return peakHeapBytes / 1048576.0;
    }

    double liveHeapMebibytes() {
        return liveHeapBytes / 1048576.0;
    }
}

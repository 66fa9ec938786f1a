package dev.taskstop.server;

/** Random bits that are a function of their input, so that a run can be repeated whatever the interleaving. */
final class RandomBits {

    private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

    private RandomBits() {}

    static long of(long seed, String text, int number) {
        long bits = mix(seed + GOLDEN_GAMMA);
        for (int i = 0; i < text.length(); i++) {
            bits = (bits ^ text.charAt(i)) * GOLDEN_GAMMA;
            bits ^= bits >>> 29;
        }
        return mix(bits ^ mix(number));
    }

    /** The finalizer of SplitMix64. */
    static long mix(long bits) {
        long z = (bits ^ (bits >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Maps 64 bits to a number from 0 (inclusive) to 1 (exclusive). */
    static double toUnit(long bits) {
        return (bits >>> 11) * 0x1.0p-53;
    }
}

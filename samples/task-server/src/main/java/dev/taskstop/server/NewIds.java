package dev.taskstop.server;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.regex.Pattern;

/** Makes ids of tasks: the same ones in the same order for the same seed. */
final class NewIds {

    private static final int LENGTH = 21;
    private static final byte[] ALPHABET =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".getBytes(StandardCharsets.US_ASCII);

    private static final Pattern UUID_FORM = Pattern.compile("\\p{XDigit}{8}(-\\p{XDigit}{4}){3}-\\p{XDigit}{12}");

    private final SplittableRandom random;

    NewIds(long seed) {
        random = new SplittableRandom(seed);
    }

    static boolean isUuid(String id) {
        return UUID_FORM.matcher(id).matches();
    }

    synchronized String next(IdForm form) {
        return switch (form) {
            case NANOID -> nanoid();
            case UUID -> uuid();
        };
    }

    private String nanoid() {
        byte[] id = new byte[LENGTH];
        long bits = 0;
        for (int i = 0; i < LENGTH; i++) {
            bits = i % 10 == 0 ? random.nextLong() : bits >>> 6;
            id[i] = ALPHABET[(int) (bits & 63)];
        }
        return new String(id, StandardCharsets.ISO_8859_1);
    }

    /** A random UUID has its version, 4, and its variant, binary 10, at fixed places. */
    private String uuid() {
        long high = (random.nextLong() & ~0xF000L) | 0x4000L;
        long low = (random.nextLong() >>> 2) | Long.MIN_VALUE;
        return new UUID(high, low).toString();
    }
}

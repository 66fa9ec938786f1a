package dev.taskstop.histories;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a history decides: at each point where the world can go several ways, the number of the way it takes. Way 0 is
 * the ordinary one; any other one is a <em>step</em>. The numbers alone make the same history again, and the steps are
 * its story.
 *
 * <p>Points beyond the numbers given are decided the ordinary way or, with a seed, at random.
 */
final class Choices {

    private final byte[] given;
    private final @Nullable Random random;
    private final double rate;

    private final List<String> steps = new ArrayList<>();
    private byte[] taken = new byte[32];
    private byte[] ways = new byte[32];
    private int size;

    private Choices(byte[] given, @Nullable Random random, double rate) {
        this.given = given;
        this.random = random;
        this.rate = rate;
    }

    static Choices of(byte[] given) {
        return new Choices(given, null, 0);
    }

    /** Takes about so large a share of steps. */
    static Choices random(Random random, double rate) {
        return new Choices(new byte[0], random, rate);
    }

    /** Decides one point; {@code where} names it in the story. */
    <T> T of(Supplier<String> where, T[] options) {
        int way = size < given.length ? given[size] : atRandom(options.length);
        if (way >= options.length) {
            way = 0; // only where user code or jitter made the history another one than the numbers were made for
        }
        if (size == taken.length) {
            taken = Arrays.copyOf(taken, 2 * size);
            ways = Arrays.copyOf(ways, 2 * size);
        }
        taken[size] = (byte) way;
        ways[size++] = (byte) options.length;
        if (way != 0) {
            steps.add(where.get() + options[way]);
        }
        return options[way];
    }

    private int atRandom(int options) {
        return random == null || random.nextDouble() >= rate ? 0 : random.nextInt(options);
    }

    int size() {
        return size;
    }

    /** How many ways there were at a point. */
    int ways(int point) {
        return ways[point];
    }

    /** The numbers of this history, up to its last step. */
    byte[] taken() {
        int end = size;
        while (end > 0 && taken[end - 1] == 0) {
            end--;
        }
        return Arrays.copyOf(taken, end);
    }

    List<String> steps() {
        return steps;
    }
}

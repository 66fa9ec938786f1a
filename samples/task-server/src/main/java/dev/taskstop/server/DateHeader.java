package dev.taskstop.server;

import java.time.InstantSource;

/** The header by which a client learns the server's clock; formatted once a second. */
final class DateHeader {

    private record Second(long epoch, String text) {}

    private final InstantSource clock;
    private volatile Second current = new Second(-1, "");

    DateHeader(InstantSource clock) {
        this.clock = clock;
    }

    String value() {
        long epoch = Math.floorDiv(clock.millis(), 1000L);
        Second second = current;
        if (second.epoch() != epoch) {
            second = new Second(epoch, Times.httpDate(epoch * 1000));
            current = second;
        }
        return second.text();
    }
}

package dev.taskstop;

import java.time.Duration;

/** Holds a transport to what the client holds each to that it is given, with less patience. */
public final class ShortSilence {

    private ShortSilence() {}

    public static TaskTransport on(TaskTransport transport, Duration maxSilence) {
        return new GuardedTransport(transport, maxSilence);
    }
}

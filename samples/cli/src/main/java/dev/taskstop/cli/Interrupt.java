package dev.taskstop.cli;

import java.time.Duration;
import org.jline.utils.Signals;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** Lets a run end in order when somebody wants it to end; who insists ends it at once. */
final class Interrupt {

    /** One Ctrl-C may come twice: from the terminal, and from a program in between that passes it on. */
    private static final Duration ONE_PRESS = Duration.ofMillis(200);

    private final Sinks.Empty<Void> wanted = Sinks.empty();
    private volatile int exitCode;
    private volatile long firstAt;

    /** From now on signals come here. */
    void install() {
        Signals.register("INT", () -> signalled(Exit.INTERRUPTED));
        Signals.register("TERM", () -> signalled(Exit.TERMINATED));
        Signals.register("HUP", () -> signalled(Exit.HANGUP));
    }

    /** Completes when the run is to end. */
    Mono<Void> wanted() {
        return wanted.asMono();
    }

    boolean isWanted() {
        return exitCode != 0;
    }

    int exitCode() {
        return exitCode;
    }

    void end(int code) {
        if (exitCode == 0) {
            exitCode = code;
            wanted.tryEmitEmpty();
        }
    }

    private void signalled(int code) {
        long now = System.nanoTime();
        if (!isWanted()) {
            firstAt = now;
            end(code);
        } else if (now - firstAt > ONE_PRESS.toNanos()) {
            Runtime.getRuntime().halt(code);
        }
    }
}

package dev.taskstop;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads one log stream. There is one for each time that a log is opened, because what is read depends on what came
 * before.
 *
 * <p>An event that nobody knows is passed over, and so is one that does not tell what it is about: the task goes on, and
 * its log with it.
 */
abstract sealed class DialectLogEvents permits CloudLogEvents, AgentV1LogEvents {

    private static final Logger log = LoggerFactory.getLogger(DialectLogEvents.class);

    private final ServerSentEvents events;
    private final Answer head;
    private boolean reported;

    DialectLogEvents(Answer head, Set<String> known) {
        this.events = new ServerSentEvents(head, known);
        this.head = head;
    }

    /** Takes the next bytes, and gives the events that are complete with them. */
    List<ServerSentEvents.Event> feed(byte[] chunk) {
        return events.feed(chunk);
    }

    /**
     * Tells what an event means; null for one that is passed over. One without data is a sign of life at the most,
     * whatever its name.
     *
     * @throws TaskDecodingException when the event cannot be read, or the stream is about another task
     */
    @Nullable
    TaskLogEvent read(ServerSentEvents.Event event) {
        return event.data().isBlank() && !event.cut() ? null : readTold(event);
    }

    abstract @Nullable TaskLogEvent readTold(ServerSentEvents.Event event);

    /** Passes an event over, and says so once. */
    @Nullable
    TaskLogEvent passOver() {
        if (!reported) {
            reported = true;
            log.warn("{} has an event that cannot be read; such events are passed over", head.request());
        }
        return null;
    }

    TaskDecodingException unreadable(String problem) {
        return head.unreadable(problem);
    }

    void checkTask(@Nullable String answered, String asked) {
        if (answered != null && !answered.equals(asked)) {
            throw unreadable("is about another task");
        }
    }
}

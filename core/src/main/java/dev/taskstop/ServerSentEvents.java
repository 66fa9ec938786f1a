package dev.taskstop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Takes the bytes of a {@code text/event-stream} as they come and gives the events that are complete, as the HTML
 * standard reads them. It works on whole lines, so that a chunk may end anywhere, even inside a character.
 *
 * <p>Of the fields, {@code event} and {@code data} matter here. {@code id} and {@code retry} are passed over like
 * comments: a stream is resumed by an index of its own, and how long to wait before is the client's setting.
 */
final class ServerSentEvents {

    static final int MAX_EVENT_BYTES = 64 * 1024;

    private static final String MEDIA_TYPE = "text/event-stream";
    private static final String BYTE_ORDER_MARK = "\uFEFF";

    /**
     * An event with the name {@code message} where the stream gives none.
     *
     * @param cut whether the data was longer than what is kept of it
     */
    record Event(String name, String data, boolean cut) {

        Event(String name, String data) {
            this(name, data, false);
        }

        /** Returns the name; the data may be personal. */
        @Override
        public String toString() {
            return "Event[" + name + "]";
        }
    }

    private final Answer head;
    private final Set<String> known;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private int eventBytes;
    private boolean lineCut;
    private boolean eventCut;
    private boolean atStart = true;
    private boolean lineFeedMayFollow;

    /**
     * Begins with the first byte of a body.
     *
     * @param known the names of the events that have to be there as a whole; of others that are too large, the beginning
     *     is given
     * @throws TaskDecodingException when the head says that the body is something else, such as a page to log in
     */
    ServerSentEvents(Answer head, Set<String> known) {
        String type = head.response().header("Content-Type");
        if (type != null && !type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length())) {
            throw head.unreadable("is not " + MEDIA_TYPE);
        }
        this.head = head;
        this.known = known;
    }

    /**
     * Reads the next bytes. An event that the stream ends in the middle of is never given. Of a line, and of the data
     * of an event, no more than {@link #MAX_EVENT_BYTES} is kept.
     *
     * @throws TaskDecodingException when an event that is known is too large
     */
    List<Event> feed(byte[] chunk) {
        List<Event> events = new ArrayList<>();
        int lineStart = 0;
        for (int i = 0; i < chunk.length; i++) {
            byte b = chunk[i];
            if (b == '\n' && lineFeedMayFollow) {
                lineStart = i + 1;
            } else if (b == '\n' || b == '\r') {
                append(chunk, lineStart, i);
                lineStart = i + 1;
                endLine(events);
            }
            lineFeedMayFollow = b == '\r';
        }
        append(chunk, lineStart, chunk.length);
        return events;
    }

    private void append(byte[] chunk, int from, int to) {
        int kept = Math.min(to - from, MAX_EVENT_BYTES - line.size());
        line.write(chunk, from, kept);
        if (kept < to - from && !lineCut) {
            lineCut = true;
            checkSize(startsLikeData());
        }
    }

    /** Before the line has ended, which it may never do. */
    private boolean startsLikeData() {
        return line.toString(StandardCharsets.UTF_8).startsWith("data:");
    }

    /** A comment may be as long as it likes, and so may an event that nobody reads. */
    private void checkSize(boolean isTooLarge) {
        if (isTooLarge && known.contains(name)) {
            throw head.unreadable("has an event of more than " + MAX_EVENT_BYTES + " bytes");
        }
    }

    private void endLine(List<Event> events) {
        int bytes = line.size();
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (atStart && text.startsWith(BYTE_ORDER_MARK)) {
            text = text.substring(1);
        }
        atStart = false;
        if (text.isEmpty()) {
            dispatch(events);
        } else {
            readField(text, bytes);
        }
        lineCut = false;
    }

    /** A comment is a line that begins with a colon; it has an empty name, and so is passed over. */
    private void readField(String text, int bytes) {
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(text.startsWith(": ", colon) ? colon + 2 : colon + 1);
        switch (field) {
            case "event" -> name = value;
            case "data" -> {
                if (eventBytes + bytes <= MAX_EVENT_BYTES) {
                    data.append(value).append('\n');
                    eventBytes += bytes;
                } else {
                    eventCut = true;
                }
                eventCut |= lineCut;
                checkSize(eventCut);
            }
            default -> {}
        }
    }

    private void dispatch(List<Event> events) {
        checkSize(eventCut);
        if (!data.isEmpty()) {
            data.setLength(data.length() - 1);
            events.add(new Event(name.isEmpty() ? "message" : name, data.toString(), eventCut));
        }
        name = "";
        data.setLength(0);
        eventBytes = 0;
        eventCut = false;
    }
}

package dev.taskstop;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

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

    /** An event with the name {@code message} where the stream gives none. */
    record Event(String name, String data) {

        /** Returns the name; the data may be personal. */
        @Override
        public String toString() {
            return "Event[" + name + "]";
        }
    }

    private final TaskRequest request;
    private final TaskResponse head;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(256);
    private final StringBuilder data = new StringBuilder();
    private String name = "";
    private int eventBytes;
    private boolean atStart = true;
    private boolean lineFeedMayFollow;

    /**
     * Begins with the first byte of a body.
     *
     * @throws TaskDecodingException when the head says that the body is something else, such as a page to log in
     */
    ServerSentEvents(TaskRequest request, TaskResponse head) {
        String type = head.header("Content-Type");
        if (type != null && !type.regionMatches(true, 0, MEDIA_TYPE, 0, MEDIA_TYPE.length())) {
            throw new TaskDecodingException(request, head.status(), "is not " + MEDIA_TYPE);
        }
        this.request = request;
        this.head = head;
    }

    /**
     * Reads the next bytes. An event that the stream ends in the middle of is never given.
     *
     * @throws TaskDecodingException when an event is too large
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
        line.write(chunk, from, to - from);
        if (eventBytes + line.size() > MAX_EVENT_BYTES) {
            throw new TaskDecodingException(
                    request, head.status(), "has an event of more than " + MAX_EVENT_BYTES + " bytes");
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
    }

    /** A comment is a line that begins with a colon; it has an empty name, and so is passed over. */
    private void readField(String text, int bytes) {
        int colon = text.indexOf(':');
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(text.startsWith(": ", colon) ? colon + 2 : colon + 1);
        switch (field) {
            case "event" -> {
                name = value;
                eventBytes += bytes;
            }
            case "data" -> {
                data.append(value).append('\n');
                eventBytes += bytes;
            }
            default -> {}
        }
    }

    private void dispatch(List<Event> events) {
        if (!data.isEmpty()) {
            data.setLength(data.length() - 1);
            events.add(new Event(name.isEmpty() ? "message" : name, data.toString()));
        }
        name = "";
        data.setLength(0);
        eventBytes = 0;
    }
}

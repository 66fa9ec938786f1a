package dev.taskstop;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.json.JsonMapper;

/** Reads one type of answer with the library's own JSON mapper; also what every dialect needs for any answer. */
final class Json<T> {

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(64)
                            .maxNumberLength(64)
                            .build())
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .addMixIn(Record.class, Lenient.class)
            .build();

    /** Says the same to records: only so are unknown fields skipped rather than kept until the record is made. */
    @JsonIgnoreProperties(ignoreUnknown = true)
    private interface Lenient {}

    private static final ObjectReader TREE = MAPPER.readerFor(JsonNode.class);

    private static final long EPOCH_IN_SECONDS_BELOW = 100_000_000_000L;

    private final Class<T> type;
    private final ObjectReader reader;

    /** Takes a lock for a moment, and so is no work for an event loop. */
    Json(Class<T> type) {
        this.type = type;
        this.reader = MAPPER.readerFor(type);
    }

    /**
     * Reads the body of a successful answer.
     *
     * @throws TaskDecodingException telling where the body goes wrong; never what it says, since that may be personal
     */
    T read(TaskRequest request, TaskResponse response) {
        if (response.isTruncated()) {
            throw new TaskDecodingException(
                    request, response.status(), "is larger than " + request.maxBodyBytes() + " bytes");
        }
        T value;
        try {
            value = type.cast(reader.readValue(response.body()));
        } catch (JacksonException e) {
            throw new TaskDecodingException(request, response.status(), "is not the JSON expected" + where(e));
        }
        if (value == null) {
            throw new TaskDecodingException(request, response.status(), "is the JSON null");
        }
        return value;
    }

    /**
     * Reads the data of an event of a stream.
     *
     * @throws TaskDecodingException telling where the data goes wrong; never what it says
     */
    T readEvent(TaskRequest request, TaskResponse head, String data) {
        try {
            return type.cast(reader.readValue(data));
        } catch (JacksonException e) {
            throw new TaskDecodingException(
                    request, head.status(), "has an event that is not the JSON expected" + where(e));
        }
    }

    private static String where(JacksonException problem) {
        TokenStreamLocation location = problem.getLocation();
        return location == null ? "" : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    }

    /** Reads the body of a refusal, which may be anything; a body that is no JSON gives null. */
    static @Nullable JsonNode tree(TaskResponse response) {
        try {
            return TREE.readValue(response.body());
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Reads a text for people; whatever else stands in its place is no text. */
    static @Nullable String text(@Nullable JsonNode node) {
        return node != null && node.isString() ? node.stringValue() : null;
    }

    /** Reads an instant as ISO text; a time that cannot be read is a time not told. */
    static @Nullable Instant instant(@Nullable String text) {
        try {
            return text == null ? null : Timestamp.parse(text);
        } catch (DateTimeException e) {
            return null;
        }
    }

    /** Reads an instant as ISO text, or as seconds or milliseconds since 1970, which no server's clock is before. */
    static @Nullable Instant instant(JsonNode node) {
        if (!node.isNumber()) {
            return instant(text(node));
        }
        long epoch = node.asLong(-1);
        if (epoch < 0) {
            return null;
        }
        return epoch < EPOCH_IN_SECONDS_BELOW ? Instant.ofEpochSecond(epoch) : Instant.ofEpochMilli(epoch);
    }
}

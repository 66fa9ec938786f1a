package dev.taskstop;

import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads one type of answer with the library's own JSON mapper; also what every dialect needs for any answer.
 *
 * <p>What the library does not need cannot make an answer unreadable, however long, deep or odd it is: the size of an
 * answer is bounded before. Of a name that comes twice the last value counts, as in a browser.
 */
final class DialectJson<T> {

    /** No answer of the size that is read is deeper; a level costs some bytes until it is left. */
    private static final int MAX_DEPTH = TaskDialect.MAX_BODY_BYTES;

    private static final JsonMapper MAPPER = JsonMapper.builder(JsonFactory.builder()
                    .streamReadConstraints(StreamReadConstraints.builder()
                            .maxNestingDepth(MAX_DEPTH)
                            .maxNumberLength(Integer.MAX_VALUE)
                            .maxNameLength(Integer.MAX_VALUE)
                            .build())
                    .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
                    .enable(JsonReadFeature.ALLOW_UNESCAPED_CONTROL_CHARS)
                    .build())
            .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .changeDefaultVisibility(visibility -> visibility.withFieldVisibility(Visibility.ANY))
            .withCoercionConfigDefaults(
                    texts -> texts.setCoercion(CoercionInputShape.EmptyString, CoercionAction.AsNull))
            .addModule(DialectJsonLeniency.module())
            .addHandler(new DialectJsonLeniency.PassOver())
            .build();

    private static final DialectJson<JsonNode> TREE = new DialectJson<>(JsonNode.class);

    private static final String BYTE_ORDER_MARK = "\uFEFF";
    private static final long EPOCH_IN_SECONDS_BELOW = 100_000_000_000L;

    /** No fewer than the seconds have, and no more than a long has room for. */
    private static final Pattern DIGITS = Pattern.compile("\\d{10,18}");

    private final Class<T> type;
    private final ObjectReader reader;

    /** Takes a lock for a moment, and so is no work for an event loop. */
    DialectJson(Class<T> type) {
        this.type = type;
        this.reader = MAPPER.readerFor(type);
    }

    /**
     * Reads the body of a successful answer.
     *
     * @throws TaskDecodingException telling where the body goes wrong; never what it says, because that may be personal
     */
    T read(Answer answer) {
        if (answer.response().isTruncated()) {
            throw tooLarge(answer);
        }
        T value;
        try {
            value = parse(answer.response().body());
        } catch (JacksonException e) {
            throw answer.unreadable("is not the JSON expected" + where(e));
        }
        if (value == null) {
            throw answer.unreadable("is not the JSON expected");
        }
        return value;
    }

    static TaskDecodingException tooLarge(Answer answer) {
        return answer.unreadable("is larger than " + answer.request().maxBodyBytes() + " bytes");
    }

    private @Nullable T parse(byte[] body) {
        try {
            return type.cast(reader.readValue(body));
        } catch (JacksonException e) {
            String text = new String(body, StandardCharsets.UTF_8);
            // Bytes that are no character may stand in a text that nobody needs.
            if (text.indexOf('\uFFFD') < 0) {
                throw e;
            }
            return type.cast(reader.readValue(text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text));
        }
    }

    private static String where(JacksonException problem) {
        TokenStreamLocation location = problem.getLocation();
        return location == null ? "" : " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
    }

    /** Reads the body of a refusal, which may be anything; a body that is no JSON gives null. */
    static @Nullable JsonNode tree(TaskResponse response) {
        try {
            return TREE.parse(response.body());
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Reads the data of an event of a stream; gives null for what is no JSON. */
    static @Nullable JsonNode tree(String data) {
        try {
            return TREE.type.cast(TREE.reader.readValue(data));
        } catch (JacksonException e) {
            return null;
        }
    }

    /** Reads a text for people; whatever else stands in its place is no text. */
    static @Nullable String text(@Nullable JsonNode node) {
        return node != null && node.isString() ? node.stringValue() : null;
    }

    /** Writes JSON in one line; gives null for what is too deep to be written. */
    static @Nullable String compact(JsonNode node) {
        try {
            return MAPPER.writeValueAsString(node);
        } catch (JacksonException e) {
            return null;
        }
    }

    /**
     * Reads an instant as ISO text, or as seconds or milliseconds since 1970, which no server's clock is before: as a
     * number, or as a text of its digits.
     */
    static @Nullable Instant instant(JsonNode node) {
        String text = text(node);
        if (text == null) {
            return sinceEpoch(node.isNumber() ? node.asLong(-1) : -1);
        }
        return DIGITS.matcher(text).matches() ? sinceEpoch(Long.parseLong(text)) : DialectJsonLeniency.time(text);
    }

    private static @Nullable Instant sinceEpoch(long count) {
        if (count < 0) {
            return null;
        }
        return count < EPOCH_IN_SECONDS_BELOW ? Instant.ofEpochSecond(count) : Instant.ofEpochMilli(count);
    }
}

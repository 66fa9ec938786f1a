package dev.taskstop.kafka;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.taskstop.kafka.StopOrder.SetAside;
import dev.taskstop.kafka.StopOrder.Stop;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads the value of a record: the id of a task, as it is or as a JSON text, or a JSON object with the id and, if wanted,
 * a reason. Blanks, a byte order mark and unknown fields are passed over. Never fails, whatever the bytes are.
 */
final class StopOrderReader {

    private static final char BYTE_ORDER_MARK = '\uFEFF';
    private static final char ZERO_WIDTH_SPACE = '\u200B';
    private static final char NEXT_LINE = '\u0085';

    private static final JsonMapper JSON = JsonMapper.builder()
            // An object that names two tasks, or two objects: one of them would be lost without a word.
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private final byte[] value;

    private StopOrderReader(byte[] value) {
        this.value = value;
    }

    static StopOrder read(byte[] value) {
        return new StopOrderReader(value).read();
    }

    private StopOrder read() {
        String text;
        try {
            text = strip(UTF_8.newDecoder().decode(ByteBuffer.wrap(value)).toString());
        } catch (CharacterCodingException e) {
            return setAside("The value is not UTF-8 text");
        }
        if (text.isEmpty() && value.length > Texts.LONGEST) {
            return setAside("The value has only blanks, and more of them than an id has characters");
        }
        return switch (text.isEmpty() ? ' ' : text.charAt(0)) {
            case '{', '"', '[' -> json(text);
            default -> stop(text, null);
        };
    }

    private StopOrder json(String text) {
        JsonNode json;
        try {
            json = JSON.readTree(text);
        } catch (StreamConstraintsException e) {
            return setAside("The JSON value has a number, a name or a depth that is not read");
        } catch (JacksonException e) {
            return setAside("The value begins like JSON, but is not one JSON value, or has a field twice");
        }
        if (json.isString()) {
            return stop(json.stringValue(), null);
        }
        if (!json.isObject()) {
            return setAside("The value is a JSON array; a record takes one id, or one object with an id");
        }
        JsonNode id = json.path("id");
        JsonNode taskId = json.path("taskId");
        if (!id.isMissingNode() && !taskId.isMissingNode() && !id.equals(taskId)) {
            return setAside("The fields id and taskId differ");
        }
        JsonNode named = id.isMissingNode() ? taskId : id;
        return named.isString()
                ? stop(named.stringValue(), reason(json.path("reason")))
                : setAside("The JSON object has no text in the field id");
    }

    /** A reason of another type is no reason to let a task run on. */
    private static @Nullable String reason(JsonNode reason) {
        if (reason.isMissingNode() || reason.isNull()) {
            return null;
        }
        String text = strip(reason.isString() ? reason.stringValue() : reason.toString());
        return text.isEmpty() ? null : Texts.cut(text);
    }

    private StopOrder stop(String text, @Nullable String reason) {
        String taskId = strip(text);
        if (taskId.length() > Texts.LONGEST) {
            return setAside(
                    "A task id has at most %d characters; this one has %d".formatted(Texts.LONGEST, taskId.length()));
        }
        // Such an id could not even be written into a report.
        return taskId.equals(Texts.cut(taskId))
                ? new Stop(taskId, reason)
                : setAside("The id has half of a surrogate pair, which is no character");
    }

    /** Takes away what the command line passes over between ids. */
    private static String strip(String text) {
        int begin = 0;
        int end = text.length();
        while (begin < end && isBlank(text.charAt(begin))) {
            begin++;
        }
        while (begin < end && isBlank(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(begin, end);
    }

    private static boolean isBlank(char c) {
        return c == 0
                || c == BYTE_ORDER_MARK
                || c == ZERO_WIDTH_SPACE
                || c == NEXT_LINE
                || Character.isWhitespace(c)
                || Character.isSpaceChar(c);
    }

    private StopOrder setAside(String problem) {
        // More bytes than are shown: a character has four at the most.
        byte[] beginning = Arrays.copyOf(value, Math.min(value.length, 8 * Texts.LONGEST));
        String text = new String(beginning, UTF_8) + (beginning.length < value.length ? Texts.CUT : "");
        return new SetAside(Texts.cut(strip(text)), sha256(), problem);
    }

    private String sha256() {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(value));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Each Java has SHA-256", e);
        }
    }
}

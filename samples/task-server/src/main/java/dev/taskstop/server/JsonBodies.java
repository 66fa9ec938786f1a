package dev.taskstop.server;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.json.JsonMapper;

/** Reads and writes bodies. Records are written in the order of their components, as the documentation shows them. */
final class JsonBodies {

    private static final JsonMapper MAPPER = JsonMapper.builder()
            .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
            .build();

    private JsonBodies() {}

    /** Looks at types before they are read: the first time takes a lock, which is no work for an event loop. */
    static void prepare(List<Class<?>> types) {
        types.forEach(MAPPER::readerFor);
    }

    static byte[] write(Object value) {
        return MAPPER.writeValueAsBytes(value);
    }

    /** Reads what was written here. */
    static <T> T read(String text, Class<T> type) {
        return MAPPER.readValue(text, type);
    }

    /** Says that a body is JSON, of another form than is asked for. */
    static final class UnfitException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        UnfitException(JacksonException cause) {
            super(null, cause, false, false);
        }
    }

    /**
     * Reads a body straight into a record, and answers as the API does to what is no JSON.
     *
     * @throws UnfitException when it is JSON of another form
     */
    static <T> T read(byte[] body, Class<T> type, ServedApi api) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value != null) {
                return value;
            }
        } catch (JacksonException e) {
            if (isJson(body)) {
                throw new UnfitException(e);
            }
        }
        throw api.brokenJson();
    }

    /** Tells whether it is one value, of whatever kind: what a reader of one form says of it may come before its end. */
    private static boolean isJson(byte[] body) {
        try {
            return !MAPPER.readTree(body).isMissingNode();
        } catch (JacksonException e) {
            return false;
        }
    }
}

package dev.taskstop.server;

import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DatabindException;
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

    /** Reads a body straight into a record; answers 400 to another value, and what the API does to what is no JSON. */
    static <T> T read(byte[] body, Class<T> type, ServedApi api) {
        try {
            T value = MAPPER.readValue(body, type);
            if (value == null) {
                throw api.brokenJson();
            }
            return value;
        } catch (DatabindException e) {
            throw body.length == 0 ? api.brokenJson() : ApiException.badRequest("Invalid request");
        } catch (JacksonException e) {
            throw api.brokenJson();
        }
    }
}

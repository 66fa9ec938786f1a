package dev.taskstop.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** A JSON object in one line, for jq. What is not known is left out. */
final class Json {

    private static final JsonMapper MAPPER = JsonMapper.shared();

    private final Map<String, Object> fields = new LinkedHashMap<>();

    static Json with(String name, @Nullable Object value) {
        return new Json().and(name, value);
    }

    Json and(String name, @Nullable Object value) {
        if (value != null) {
            fields.put(name, value instanceof Number || value instanceof Boolean ? value : value.toString());
        }
        return this;
    }

    String line() {
        return MAPPER.writeValueAsString(fields);
    }
}

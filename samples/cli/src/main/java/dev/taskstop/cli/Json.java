package dev.taskstop.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.json.JsonMapper;

/**
 * A JSON object in one line, for jq. What is not known is left out. Whatever is not visible ASCII is escaped: nothing is
 * lost, no terminal obeys it, and it is the same in each locale.
 */
final class Json {

    private static final JsonMapper MAPPER =
            JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

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
        // The one ASCII control character that JSON, and so Jackson, leaves as it is.
        return MAPPER.writeValueAsString(fields).replace("\u007f", "\\u007f");
    }
}

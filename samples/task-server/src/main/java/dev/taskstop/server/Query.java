package dev.taskstop.server;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;

/** The parameters of a request. */
final class Query {

    private final Map<String, List<String>> parameters;

    private Query(Map<String, List<String>> parameters) {
        this.parameters = parameters;
    }

    static Query of(String uri) {
        try {
            return new Query(new QueryStringDecoder(uri).parameters());
        } catch (IllegalArgumentException e) {
            throw ApiException.badRequest("Invalid query");
        }
    }

    String text(String name, String otherwise) {
        return parameters.getOrDefault(name, List.of(otherwise)).get(0);
    }

    boolean isTrue(String name, boolean otherwise) {
        return text(name, String.valueOf(otherwise)).equals("true");
    }

    /** Reads a number, or answers 400 when it is none or out of range. */
    int number(String name, int otherwise, int min, int max) {
        try {
            int value = Integer.parseInt(text(name, String.valueOf(otherwise)));
            if (value >= min && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // answered below, like a number out of range
        }
        throw ApiException.badRequest("Invalid " + name);
    }

    /** Reads one of the words that have a meaning, or answers 400. */
    <T> T word(String name, String otherwise, Map<String, T> meanings) {
        T meaning = meanings.get(text(name, otherwise));
        if (meaning == null) {
            throw ApiException.badRequest("Invalid " + name);
        }
        return meaning;
    }
}

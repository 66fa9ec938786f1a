package dev.taskstop;

import java.time.DateTimeException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;
import tools.jackson.databind.deser.ValueInstantiator;
import tools.jackson.databind.module.SimpleModule;

/**
 * What is odd in an answer is not told: a field with a value of another type, or with one that it cannot have, is read
 * like a field that is not there. What an answer cannot do without is looked for afterwards, by who reads it.
 */
final class DialectJsonLeniency {

    private DialectJsonLeniency() {}

    static SimpleModule module() {
        return new SimpleModule("taskstop")
                .addDeserializer(String.class, new Text())
                .addDeserializer(Boolean.class, new Flag())
                .addDeserializer(Integer.class, new Count())
                .addDeserializer(Long.class, new Index())
                .addDeserializer(Instant.class, new Time());
    }

    /** Reads a time; an odd one is not told. */
    static @Nullable Instant time(String text) {
        try {
            return told(DialectTimestamp.parse(text));
        } catch (DateTimeException e) {
            return null;
        }
    }

    /**
     * The time at which computers begin to count, and what is before it, is how some of them write that there is none.
     */
    static @Nullable Instant told(Instant time) {
        return time.isAfter(Instant.EPOCH) ? time : null;
    }

    /** Text, and nothing else: a number is not made into one. */
    private static final class Text extends ValueDeserializer<String> {

        @Override
        public @Nullable String deserialize(JsonParser json, DeserializationContext context) {
            if (json.hasToken(JsonToken.VALUE_STRING)) {
                return json.getString();
            }
            json.skipChildren();
            return null;
        }
    }

    private static final class Flag extends ValueDeserializer<Boolean> {

        @Override
        public @Nullable Boolean deserialize(JsonParser json, DeserializationContext context) {
            JsonToken token = json.currentToken();
            json.skipChildren();
            return token == JsonToken.VALUE_TRUE ? Boolean.TRUE : token == JsonToken.VALUE_FALSE ? Boolean.FALSE : null;
        }
    }

    /** A number from 0 up; what it has behind the point is cut off. */
    private static final class Count extends ValueDeserializer<Integer> {

        @Override
        public @Nullable Integer deserialize(JsonParser json, DeserializationContext context) {
            if (!isNumber(json)) {
                json.skipChildren();
                return null;
            }
            double value = json.getDoubleValue();
            return value >= 0 && value <= Integer.MAX_VALUE ? (Integer) (int) value : null;
        }

        private static boolean isNumber(JsonParser json) {
            return json.hasToken(JsonToken.VALUE_NUMBER_INT) || json.hasToken(JsonToken.VALUE_NUMBER_FLOAT);
        }
    }

    /** A whole number from 0 up. The largest one of all is none: what goes on after it has no number. */
    private static final class Index extends ValueDeserializer<Long> {

        @Override
        public @Nullable Long deserialize(JsonParser json, DeserializationContext context) {
            if (!json.hasToken(JsonToken.VALUE_NUMBER_INT)
                    || json.getNumberType() == JsonParser.NumberType.BIG_INTEGER) {
                json.skipChildren();
                return null;
            }
            long value = json.getLongValue();
            return value >= 0 && value < Long.MAX_VALUE ? (Long) value : null;
        }
    }

    /** A time as ISO text. A number does not say in which unit it counts. */
    private static final class Time extends ValueDeserializer<Instant> {

        @Override
        public @Nullable Instant deserialize(JsonParser json, DeserializationContext context) {
            if (json.hasToken(JsonToken.VALUE_STRING)) {
                return time(json.getString());
            }
            json.skipChildren();
            return null;
        }
    }

    /** The same for a list or an object in whose place there is something else. */
    static final class PassOver extends DeserializationProblemHandler {

        @Override
        public @Nullable Object handleUnexpectedToken(
                DeserializationContext context,
                JavaType type,
                JsonToken token,
                JsonParser json,
                @Nullable String problem) {
            json.skipChildren();
            return null;
        }

        @Override
        public @Nullable Object handleMissingInstantiator(
                DeserializationContext context,
                Class<?> type,
                @Nullable ValueInstantiator instantiator,
                @Nullable JsonParser json,
                @Nullable String problem) {
            if (json != null) {
                json.skipChildren();
            }
            return null;
        }
    }
}

package dev.taskstop.spring;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;

/** Reads settings that are texts, and puts core's messages into the words of properties. */
final class Texts {

    /** Closed or, by a slip of the pen, not. */
    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^{}]*}?");

    /** Quotes that a file or an environment kept, and placeholders of shells and templates that nobody replaced. */
    private static final Pattern NO_KEY = Pattern.compile("[\"'`$<>{}]|^%|%$");

    private static final Pattern SETTINGS = Pattern.compile(
            "\\b(?:apiKey|baseUrl|requestsPerMinute|connectTimeout|requestTimeout|pollInterval|maxAttempts"
                    + "|minBackoff|maxBackoff|maxPause|http2PriorKnowledge|userAgent)\\b");

    private Texts() {}

    /**
     * Returns the text; null where it is empty, which is the same as not set.
     *
     * @param name the property, without {@code taskstop.}
     * @throws InvalidSettingException where a placeholder is left in it: binding keeps one that stands for nothing
     */
    static @Nullable String read(String name, @Nullable String value) {
        if (!StringUtils.hasText(value)) {
            return null;
        }
        Matcher left = PLACEHOLDER.matcher(value);
        if (left.find()) {
            throw new InvalidSettingException(
                    name,
                    "it has the placeholder " + left.group()
                            + ", which stands for nothing. Is the environment variable set, and spelled so?");
        }
        return value;
    }

    /**
     * The same for a key, which is refused by the server only when something is to be stopped.
     *
     * @throws InvalidSettingException also where it has what no key has; it is not repeated
     */
    static @Nullable String readKey(String name, @Nullable String value) {
        String key = read(name, value);
        if (key != null && NO_KEY.matcher(key).find()) {
            throw new InvalidSettingException(
                    name,
                    "it has quotes, or what is left of a placeholder in another form than ${…}; a key has neither");
        }
        return key;
    }

    /** What core calls {@code baseUrl} is {@code base-url} to who writes properties. */
    static String inPropertyWords(@Nullable String message) {
        String words = String.valueOf(message)
                .replace("TaskClient.builder().allowInsecureHttp()", "taskstop.allow-insecure-http=true");
        return SETTINGS.matcher(words)
                .replaceAll(word -> word.group().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT));
    }

    /** The same for a message that begins with what is refused. */
    static String namingProperties(@Nullable String message) {
        String words = inPropertyWords(message);
        return SETTINGS.matcher(String.valueOf(message)).lookingAt() ? "taskstop." + words : words;
    }
}

package dev.taskstop;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What requests say that they come from, so that those who run the API can tell this traffic. */
final class UserAgent {

    /** The version is written into the jar's manifest; classes that are run without one are being worked on. */
    static final String LIBRARY = "taskstop/" + version(UserAgent.class.getPackage());

    /** Words of printable ASCII, with single spaces between them. */
    private static final Pattern WORDS = Pattern.compile("[!-~]+( [!-~]+)*");

    private static final int MAX_LENGTH = 256;

    private UserAgent() {}

    static String of(@Nullable String application) {
        return application == null ? LIBRARY : LIBRARY + " " + application;
    }

    /**
     * Checks the application's own part.
     *
     * @throws IllegalArgumentException when no header can hold it
     */
    static String require(String application) {
        if (application.length() > MAX_LENGTH || !WORDS.matcher(application).matches()) {
            throw new IllegalArgumentException("userAgent takes words of printable ASCII characters, such as"
                    + " my-service/2.3, up to " + MAX_LENGTH + " characters in all");
        }
        return application;
    }

    private static String version(Package library) {
        String version = library.getImplementationVersion();
        return version == null ? "dev" : version;
    }
}

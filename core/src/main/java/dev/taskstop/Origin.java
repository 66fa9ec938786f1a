package dev.taskstop;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the API is, and the key that goes there and nowhere else. */
final class Origin {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1\\]|\\[0:0:0:0:0:0:0:1\\]");

    private final String base;
    private final String authorization;

    /**
     * Checks both before anything is sent.
     *
     * @throws IllegalArgumentException naming what is wrong, never the key
     */
    Origin(URI baseUrl, String key, boolean insecureHttpAllowed) {
        checkUrl(baseUrl, insecureHttpAllowed);
        checkKey(key);
        String url = baseUrl.toASCIIString();
        this.base = url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
        this.authorization = "Bearer " + key;
    }

    static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    TaskRequest request(String method, String path, String template, byte @Nullable [] body, int maxBodyBytes) {
        return new TaskRequest(method, URI.create(base + path), template, authorization, body, maxBodyBytes);
    }

    private static void checkUrl(URI url, boolean insecureHttpAllowed) {
        boolean plain = "http".equalsIgnoreCase(url.getScheme());
        if ((!plain && !isSecure(url)) || url.getHost() == null) {
            throw new IllegalArgumentException("baseUrl takes an absolute https address with a host, for example"
                    + " https://cloud.blackbox.ai; this one has the scheme " + url.getScheme() + " and the host "
                    + url.getHost());
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "baseUrl takes no user, query or fragment, only scheme, host, port, path");
        }
        if (plain
                && !insecureHttpAllowed
                && !LOOPBACK.matcher(url.getHost().toLowerCase(Locale.ROOT)).matches()) {
            throw new IllegalArgumentException("baseUrl is plain http to " + url.getHost()
                    + ": the key would travel in the clear. Use https, or say"
                    + " TaskClient.builder().allowInsecureHttp() if that network can be trusted");
        }
    }

    private static void checkKey(String key) {
        if (key.isEmpty() || !key.chars().allMatch(c -> c > ' ' && c < 0x7F)) {
            throw new IllegalArgumentException("apiKey takes printable ASCII characters without spaces;"
                    + " this one is empty or has others (a line break at its end?)");
        }
    }

    /** Returns the base address. */
    @Override
    public String toString() {
        return base;
    }
}

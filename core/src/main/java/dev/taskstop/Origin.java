package dev.taskstop;

import java.net.URI;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where the API is: the only place that requests, and with them the key, are sent to. */
final class Origin {

    private static final Pattern LOOPBACK =
            Pattern.compile("localhost|127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|\\[::1\\]|\\[0:0:0:0:0:0:0:1\\]");

    /** What requests add themselves, in either dialect; with it twice every task is "not found". */
    private static final Pattern PATH_OF_TASKS = Pattern.compile("(?i).*(/api(?:/v1)?/tasks)(?:/.*)?");

    private final URI url;
    private final String site;
    private final String basePath;
    private final String userAgent;

    /**
     * Checks the address before anything is sent.
     *
     * @param optionalPath what the address may end with although the paths of the API begin with it
     * @throws IllegalArgumentException naming what is wrong
     */
    Origin(URI baseUrl, String optionalPath, boolean insecureHttpAllowed) {
        this(baseUrl, optionalPath, insecureHttpAllowed, UserAgent.LIBRARY);
    }

    /**
     * The same, with what its requests say that they come from.
     *
     * @throws IllegalArgumentException naming what is wrong
     */
    Origin(URI baseUrl, String optionalPath, boolean insecureHttpAllowed, String userAgent) {
        checkUrl(baseUrl, insecureHttpAllowed);
        this.url = URI.create(baseUrl.toASCIIString());
        this.site = withoutEnd(url.toString(), url.getRawPath());
        this.basePath = withoutEnd(withoutEnd(url.getRawPath(), "/"), optionalPath);
        this.userAgent = userAgent;
    }

    private static String withoutEnd(String text, String end) {
        return text.endsWith(end) ? text.substring(0, text.length() - end.length()) : text;
    }

    boolean isSecure() {
        return isSecure(url);
    }

    private static boolean isSecure(URI url) {
        return "https".equalsIgnoreCase(url.getScheme());
    }

    /** The host as a resolver takes it: an IPv6 address without its brackets. */
    String host() {
        String host = url.getHost();
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    int port() {
        int port = url.getPort();
        return port >= 0 ? port : isSecure() ? 443 : 80;
    }

    /** What the {@code Host} header says. */
    String authority() {
        return url.getRawAuthority();
    }

    /** What the {@code User-Agent} header says. */
    String userAgent() {
        return userAgent;
    }

    URI uri(String target) {
        return URI.create(site + target);
    }

    TaskRequest request(String method, String path, String template, byte @Nullable [] body, int maxBodyBytes) {
        String target = basePath.isEmpty() ? path : basePath + path;
        return new TaskRequest(method, this, target, template, "", body, maxBodyBytes);
    }

    /** Port 0 means any port to a server, and none to a client. */
    private static boolean isPort(int port) {
        return port > 0 && port <= 65_535;
    }

    private static void checkUrl(URI url, boolean insecureHttpAllowed) {
        boolean plain = "http".equalsIgnoreCase(url.getScheme());
        if ((!plain && !isSecure(url)) || url.getHost() == null) {
            throw new IllegalArgumentException("baseUrl takes an absolute https address with a host, for example"
                    + " https://cloud.blackbox.ai; this one has the scheme " + url.getScheme() + " and the host "
                    + url.getHost());
        }
        if (url.getPort() != -1 && !isPort(url.getPort())) {
            throw new IllegalArgumentException("baseUrl takes a port from 1 to 65535, not " + url.getPort());
        }
        if (url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "baseUrl takes no user, query or fragment, only scheme, host, port, path");
        }
        Matcher withTasks = PATH_OF_TASKS.matcher(url.getRawPath());
        if (withTasks.matches()) {
            throw new IllegalArgumentException("baseUrl takes no path of tasks: each request adds " + withTasks.group(1)
                    + " itself, so leave it and what follows away");
        }
        if (plain
                && !insecureHttpAllowed
                && !LOOPBACK.matcher(url.getHost().toLowerCase(Locale.ROOT)).matches()) {
            throw new IllegalArgumentException("baseUrl is plain http to " + url.getHost()
                    + ": the key would travel in the clear. Use https, or say"
                    + " TaskClient.builder().allowInsecureHttp() if that network can be trusted");
        }
    }

    /** The base address as it was given. */
    URI url() {
        return url;
    }

    /** Returns the base address. */
    @Override
    public String toString() {
        return site + basePath;
    }
}

package dev.taskstop;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which repository an address means, whatever way it is written in: with any scheme or in the short form of ssh, with or
 * without a user, the scheme's own port, a slash or {@code .git} at its end. Upper and lower case are the same, because
 * they are to the hosts that tasks have their repositories from.
 *
 * @param host null for a name without one, {@code owner/name}
 * @param path all of the path, with slashes between its parts only
 */
record RepositoryName(@Nullable String host, String path) {

    private static final Pattern ADDRESS = Pattern.compile("([a-z][a-z0-9+.-]*)://(?:[^/@]*@)?([^/]*)/(.*)");
    private static final Pattern SHORT_SSH = Pattern.compile("(?:[^/@:]*@)?([^/@:]+):(?!\\d+/)(.*)");

    /** No owner's name has a dot or a port. */
    private static final Pattern HOST_AND_PATH = Pattern.compile("(?:[^/@]*@)?([^/@]*[.:][^/@]*)/(.+)");

    private static final Pattern OWN_PORT = Pattern.compile("(https:.*):443|(http:.*):80|((?:git\\+)?ssh:.*):22");

    /** Reads an address or a name; null when it is neither. */
    static @Nullable RepositoryName parse(String text) {
        String plain = text.strip().toLowerCase(Locale.ROOT).replaceFirst("[?#].*", "");
        Matcher address = ADDRESS.matcher(plain);
        if (address.matches()) {
            return of(withoutOwnPort(address.group(1), address.group(2)), address.group(3), 1);
        }
        if (plain.contains("://")) {
            return null;
        }
        Matcher ssh = SHORT_SSH.matcher(plain);
        if (ssh.matches()) {
            return of(ssh.group(1), ssh.group(2), 1);
        }
        Matcher withHost = HOST_AND_PATH.matcher(plain);
        return withHost.matches() ? of(withHost.group(1), withHost.group(2), 1) : of(null, plain, 2);
    }

    private static @Nullable RepositoryName of(@Nullable String host, String rawPath, int minParts) {
        List<String> parts = Arrays.stream(rawPath.split("/", -1))
                .filter(part -> !part.isEmpty())
                .toList();
        String path = String.join("/", parts).replaceFirst("(?<=[^/])\\.git$", "");
        boolean isOne = parts.size() >= minParts
                && path.chars().noneMatch(c -> Character.isWhitespace(c) || Character.isISOControl(c));
        return isOne && !"".equals(host) ? new RepositoryName(host, path) : null;
    }

    private static String withoutOwnPort(String scheme, String host) {
        Matcher own = OWN_PORT.matcher(scheme + ":" + host);
        return own.matches() ? host.substring(0, host.lastIndexOf(':')) : host;
    }

    /** Tells whether an address means this repository; one without a host is that repository of every host. */
    boolean isAt(@Nullable String address) {
        RepositoryName other = address == null ? null : parse(address);
        return other != null && path.equals(other.path) && (host == null || host.equals(other.host));
    }

    @Override
    public String toString() {
        return host == null ? path : host + "/" + path;
    }
}

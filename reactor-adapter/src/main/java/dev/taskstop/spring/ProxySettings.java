package dev.taskstop.spring;

import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import reactor.netty.transport.ProxyProvider;

/** Reads {@code taskstop.proxy}. */
final class ProxySettings {

    private static final Pattern HOST = Pattern.compile("[^\\s/@?#:]+|\\[?[0-9a-fA-F.]*(:[0-9a-fA-F.]*){2,}]?");
    private static final int MAX_PORT = 65_535;

    private ProxySettings() {}

    /** Returns what Reactor Netty has to be told; null where there is no proxy. */
    static @Nullable Consumer<ProxyProvider.TypeSpec> read(TaskstopProperties.Proxy proxy) {
        String host = Texts.read("proxy.host", proxy.host());
        String username = Texts.read("proxy.username", proxy.username());
        String password = Texts.read("proxy.password", proxy.password());
        if (proxy.port() < 1 || proxy.port() > MAX_PORT) {
            throw new InvalidSettingException(
                    "proxy.port", "it takes a port from 1 to " + MAX_PORT + ", not " + proxy.port());
        }
        if (host == null) {
            return null;
        }
        if (!HOST.matcher(host).matches()) {
            throw new InvalidSettingException(
                    "proxy.host", "it takes a host name or an address alone: the port is taskstop.proxy.port");
        }
        if (username == null && password != null) {
            throw new InvalidSettingException(
                    "proxy.password", "it is one half of a login: set taskstop.proxy.username, too");
        }
        return spec -> {
            ProxyProvider.Builder address =
                    spec.type(ProxyProvider.Proxy.HTTP).host(host).port(proxy.port());
            if (username != null) {
                address.username(username).password(user -> password == null ? "" : password);
            }
        };
    }
}

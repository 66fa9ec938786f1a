package dev.taskstop;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import reactor.netty.http.client.Http2AllocationStrategy;
import reactor.netty.resources.ConnectionProvider;
import tools.jackson.databind.json.JsonMapper;

/**
 * Says which library is missing or too old, where the JVM would say which method or class it did not find.
 *
 * <p>What is looked at is whether the newest things are there that this library uses, and not the version: a jar that
 * holds many libraries has none for each, and a native image has no jars.
 */
final class Libraries {

    /** A list of what does not fit, and the first reason why. */
    private final List<String> problems = new ArrayList<>();

    private @Nullable LinkageError first;

    private Libraries() {}

    /**
     * Checks what every client needs.
     *
     * @throws IllegalStateException when something is missing or too old
     */
    static void requireForAll() {
        Libraries libraries = new Libraries();
        libraries.require("SLF4J", "1.7", "org.slf4j.Logger", () -> LoggerFactory.class);
        libraries.require("Jackson", "3.0", "tools.jackson.databind.ObjectMapper", () -> JsonMapper.class);
        libraries.report();
    }

    /**
     * Checks what the transport on Reactor Netty needs.
     *
     * @throws IllegalStateException when something is missing or too old
     */
    static void requireForNetty() {
        Libraries libraries = new Libraries();
        libraries.require(
                "Reactor Netty", "1.3.4", "reactor.netty.http.client.HttpClient", () -> newestOfReactorNetty());
        libraries.require("Netty", "4.2", "io.netty.channel.Channel", () -> MultiThreadIoEventLoopGroup.class);
        libraries.report();
    }

    private static Object newestOfReactorNetty() {
        Object strategy = Http2AllocationStrategy.builder().strictConnectionReuse(true);
        return List.of(strategy, ConnectionProvider.builder("taskstop").maxLifeTimeVariance(0));
    }

    /** A lambda's body and no method's reference, which would be looked for before it is called. */
    private interface Use {
        Object anything();
    }

    private void require(String name, String minimum, String type, Use newest) {
        try {
            newest.anything();
        } catch (LinkageError e) {
            first = first == null ? e : first;
            problems.add(name + " " + minimum + " or newer (found: " + found(type) + ")");
        }
    }

    private void report() {
        if (first != null) {
            throw new IllegalStateException("Taskstop needs " + String.join(" and ", problems), first);
        }
    }

    private static String found(String type) {
        Class<?> found;
        try {
            found = Class.forName(type, false, Libraries.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError e) {
            return "none";
        }
        return version(found).orElse("an unknown version");
    }

    /** As the jar says it, or the module; of a jar that holds this library, too, it would be the version of that jar. */
    private static Optional<String> version(Class<?> type) {
        if (type.getProtectionDomain()
                .getCodeSource()
                .equals(Libraries.class.getProtectionDomain().getCodeSource())) {
            return Optional.empty();
        }
        return Optional.ofNullable(type.getPackage().getImplementationVersion())
                .or(() -> Optional.ofNullable(type.getModule().getDescriptor()).flatMap(ModuleDescriptor::rawVersion));
    }
}

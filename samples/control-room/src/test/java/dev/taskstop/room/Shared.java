package dev.taskstop.room;

import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/** Gives every test class of a JVM the same application and the same browser; each test brings its own tasks. */
final class Shared implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(Shared.class);

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        Class<?> type = parameter.getParameter().getType();
        return type == TestRoom.class || type == Browser.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        Store store = context.getRoot().getStore(NAMESPACE);
        return parameter.getParameter().getType() == Browser.class
                ? store.computeIfAbsent(Browser.class, type -> Browser.start(), Browser.class)
                : store.computeIfAbsent(TestRoom.class, type -> room(), TestRoom.class);
    }

    private static TestRoom room() {
        return TestRoom.start(
                "--taskstop.retry.max-attempts=1",
                "--taskstop.concurrency=4",
                // A stop that a test holds back does not time out.
                "--taskstop.request-timeout=5m",
                "--taskstop.retry.deadline=5m",
                "--room.max-tasks=1200",
                "--taskstop.sweeps[0].name=forgotten",
                "--taskstop.sweeps[0].every=1s",
                "--taskstop.sweeps[0].agent=swept",
                "--room.users.bob={noop}bob's",
                "--room.users.eve=secret",
                "--server.forward-headers-strategy=native");
    }
}

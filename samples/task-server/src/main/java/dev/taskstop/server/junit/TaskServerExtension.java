package dev.taskstop.server.junit;

import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives a {@link TaskServer} to whatever parameter of a test class wants one: its constructor, its tests, its
 * callbacks. A test class has one server; it is started when it is first asked for, and closed after the last test.
 *
 * <p>{@code @ExtendWith(TaskServerExtension.class)} starts one with the default options; for others, register a static
 * field with {@code @RegisterExtension}. A Spring test uses {@link TaskstopTest} instead.
 */
public final class TaskServerExtension implements ParameterResolver {

    private static final Namespace NAMESPACE = Namespace.create(TaskServerExtension.class);

    private final TaskServerOptions options;

    /** Creates an extension that starts a server with the default options. */
    public TaskServerExtension() {
        this(TaskServerOptions.defaults());
    }

    /**
     * Creates an extension that starts a server with some options.
     *
     * @param options how the server behaves
     */
    public TaskServerExtension(TaskServerOptions options) {
        this.options = options;
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == TaskServer.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        ExtensionContext testClass = context;
        while (testClass.getParent().isPresent()
                && testClass.getParent().get() != testClass.getRoot()
                && testClass.getParent().get().getTestClass().isPresent()) {
            testClass = testClass.getParent().get();
        }
        return testClass.getStore(NAMESPACE).computeIfAbsent(TaskServer.class, type -> TaskServer.start(options));
    }
}

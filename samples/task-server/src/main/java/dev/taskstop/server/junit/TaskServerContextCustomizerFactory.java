package dev.taskstop.server.junit;

import dev.taskstop.server.Faults;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.server.junit.TaskstopTest.Dialect;
import dev.taskstop.server.junit.TaskstopTest.Fault;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.TestPropertySourceUtils;
import org.springframework.util.ClassUtils;

/** What Spring's test framework asks about {@link TaskstopTest}. */
final class TaskServerContextCustomizerFactory implements ContextCustomizerFactory {

    private static final String CLIENT = "dev.taskstop.TaskClient";

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        TaskstopTest settings = TestContextAnnotationUtils.findMergedAnnotation(testClass, TaskstopTest.class);
        return settings == null
                ? null
                : new StartTaskServer(settings.dialect(), settings.seed(), List.of(settings.faults()));
    }

    /** Those with the same settings are equal, so that contexts are shared. */
    private record StartTaskServer(Dialect dialect, long seed, List<Fault> faults) implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            TaskServer server = TaskServer.start(options());
            TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                    context,
                    "taskstop.base-url=" + server.baseUrl(),
                    "taskstop.api-key=" + server.key(),
                    // An application's own would be asked for the way.
                    "taskstop.proxy.host=");
            if (dialect != Dialect.AS_CONFIGURED) {
                TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                        context, "taskstop.dialect=" + dialect.name().toLowerCase(Locale.ROOT));
            }
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            beans.registerSingleton("taskServer", server);
            // Destroyed after the life cycle has ended, so that the tracked tasks of the application can be stopped.
            beans.registerDisposableBean("taskServer", server::close);
            if (ClassUtils.isPresent(CLIENT, context.getClassLoader())) {
                beans.addBeanPostProcessor(new ClientGuard(server.baseUrl(), beans));
            }
        }

        private TaskServerOptions options() {
            Faults some = Faults.none();
            for (Fault fault : faults) {
                some = some.with(fault.kind(), fault.rate());
            }
            return TaskServerOptions.defaults().withSeed(seed).withFaults(some);
        }
    }
}

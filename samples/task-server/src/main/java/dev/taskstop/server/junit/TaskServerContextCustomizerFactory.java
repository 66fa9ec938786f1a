package dev.taskstop.server.junit;

import dev.taskstop.server.TaskServer;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfigurationAttributes;
import org.springframework.test.context.ContextCustomizer;
import org.springframework.test.context.ContextCustomizerFactory;
import org.springframework.test.context.MergedContextConfiguration;
import org.springframework.test.context.TestContextAnnotationUtils;
import org.springframework.test.context.support.TestPropertySourceUtils;

/** What Spring's test framework asks about {@link TaskstopTest}. */
final class TaskServerContextCustomizerFactory implements ContextCustomizerFactory {

    @Override
    public @Nullable ContextCustomizer createContextCustomizer(
            Class<?> testClass, List<ContextConfigurationAttributes> attributes) {
        return TestContextAnnotationUtils.hasAnnotation(testClass, TaskstopTest.class) ? new StartTaskServer() : null;
    }

    /** All are equal, so that contexts are shared. */
    private record StartTaskServer() implements ContextCustomizer {

        @Override
        public void customizeContext(ConfigurableApplicationContext context, MergedContextConfiguration configuration) {
            TaskServer server = TaskServer.start();
            TestPropertySourceUtils.addInlinedPropertiesToEnvironment(
                    context, "taskstop.base-url=" + server.baseUrl(), "taskstop.api-key=" + server.key());
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            beans.registerSingleton("taskServer", server);
            // Destroyed after the life cycle has ended, so that the tracked tasks of the application can be stopped.
            beans.registerDisposableBean("taskServer", server::close);
        }
    }
}

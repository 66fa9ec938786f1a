package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.client.ReactorResourceFactory;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;

class EventLoopsTest {

    private final ApplicationContextRunner context =
            new ApplicationContextRunner().withConfiguration(AutoConfigurations.of(TaskstopAutoConfiguration.class));

    private static ReactorResourceFactory resources(ConnectionProvider pool) {
        ReactorResourceFactory factory = new ReactorResourceFactory();
        factory.setUseGlobalResources(false);
        factory.setLoopResourcesSupplier(() -> LoopResources.create("application-loops", 1, true));
        factory.setConnectionProviderSupplier(() -> pool);
        return factory;
    }

    private static String stoppingThread(TaskServer server, TaskClient client) {
        String taskId =
                server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
        return Signals.value(
                client.stop(taskId).map(task -> Thread.currentThread().getName()));
    }

    private ApplicationContextRunner on(TaskServer server) {
        return context.withPropertyValues("taskstop.api-key=" + server.key(), "taskstop.base-url=" + server.baseUrl());
    }

    @Test
    void requests_run_on_the_event_loops_that_spring_manages_but_not_in_its_pool() {
        ConnectionProvider pool =
                ConnectionProvider.builder("application-pool").maxConnections(1).build();
        try (TaskServer server = TaskServer.start()) {
            on(server)
                    .withBean(ReactorResourceFactory.class, () -> resources(pool))
                    .run(started -> {
                        assertThat(stoppingThread(server, started.getBean(TaskClient.class)))
                                .startsWith("application-loops");
                        assertThat(started.getBean(TaskClient.class).gateState().ceiling())
                                .isGreaterThan(pool.maxConnections());
                    });
        }
    }

    @Test
    void a_context_that_is_started_again_has_new_event_loops_and_the_client_uses_them() {
        try (TaskServer server = TaskServer.start()) {
            on(server)
                    .withBean(ReactorResourceFactory.class, () -> resources(ConnectionProvider.newConnection()))
                    .run(started -> {
                        TaskClient client = started.getBean(TaskClient.class);
                        stoppingThread(server, client);

                        started.getSourceApplicationContext().stop();
                        started.getSourceApplicationContext().start();

                        assertThat(stoppingThread(server, client)).startsWith("application-loops");
                    });
        }
    }

    @Test
    void without_spring_web_the_client_has_the_loops_of_reactor_netty() {
        try (TaskServer server = TaskServer.start()) {
            on(server)
                    .withClassLoader(new FilteredClassLoader(ReactorResourceFactory.class))
                    .run(started -> assertThat(stoppingThread(server, started.getBean(TaskClient.class)))
                            .startsWith("reactor-http"));
        }
    }
}

package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.reactive.ReactiveHttpClientAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.client.ReactorResourceFactory;

/** Applications of several contexts: whose client it is, and whose end ends it. */
class ContextsTest {

    private static final TaskServer SERVER = TaskServer.start();

    private final ConfigurableApplicationContext parent = started(null, Application.class);

    @AfterAll
    static void closeServer() {
        SERVER.close();
    }

    @AfterEach
    void closeParent() {
        parent.close();
    }

    private static String[] properties() {
        return new String[] {
            "--spring.main.banner-mode=off",
            "--taskstop.api-key=" + SERVER.key(),
            "--taskstop.base-url=" + SERVER.baseUrl(),
            "--taskstop.shutdown.grace=25s"
        };
    }

    private static ConfigurableApplicationContext started(
            @Nullable ConfigurableApplicationContext parent, Class<?> application) {
        SpringApplicationBuilder builder = new SpringApplicationBuilder(application).web(WebApplicationType.NONE);
        return (parent == null ? builder : builder.parent(parent)).run(properties());
    }

    private static String running() {
        return SERVER.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
    }

    private static boolean isStopped(String taskId) {
        return SERVER.ledger().of(taskId).effectiveRequest() > 0;
    }

    private static void assertWorks(ConfigurableApplicationContext context) {
        String taskId = running();
        Signals.value(context.getBean(TaskClient.class).stop(taskId));
        assertThat(isStopped(taskId)).isTrue();
        context.getBean(ActiveTasks.class).register("one-more");
        context.getBean(ActiveTasks.class).deregister("one-more");
    }

    /** In which ways a context beside the one that has the client can end. */
    enum End {
        CHILD_CLOSED,
        CHILD_STOPPED,
        CHILD_STOPPED_AND_STARTED,
        GRANDCHILD_CLOSED,
        SIBLINGS_CLOSED;

        void of(ConfigurableApplicationContext parent, ConfigurableApplicationContext child) {
            switch (this) {
                case CHILD_CLOSED -> child.close();
                case CHILD_STOPPED -> child.stop();
                case CHILD_STOPPED_AND_STARTED -> {
                    child.stop();
                    child.start();
                }
                case GRANDCHILD_CLOSED -> started(child, Application.class).close();
                case SIBLINGS_CLOSED -> {
                    started(parent, Application.class).close();
                    child.close();
                }
            }
        }
    }

    @ParameterizedTest
    @EnumSource(End.class)
    void the_end_of_another_context_changes_nothing_for_the_one_that_has_the_client(End end) {
        String tracked = running();
        parent.getBean(ActiveTasks.class).register(tracked);
        ConfigurableApplicationContext child = started(parent, Application.class);
        assertThat(child.getBean(TaskClient.class)).isSameAs(parent.getBean(TaskClient.class));
        assertThat(child.getBean(ActiveTasks.class)).isSameAs(parent.getBean(ActiveTasks.class));

        end.of(parent, child);

        assertThat(isStopped(tracked)).isFalse();
        assertWorks(parent);
        parent.stop();
        assertThat(isStopped(tracked)).isTrue();
        parent.start();
        assertWorks(parent);
    }

    @Test
    void a_child_with_a_client_of_its_own_ends_that_one_only() {
        String ofParent = running();
        String ofChild = running();
        ConfigurableApplicationContext child = started(parent, OwnClient.class);
        parent.getBean(ActiveTasks.class).register(ofParent);
        assertThat(child.getBean(ActiveTasks.class))
                .isSameAs(child.getBean(TaskClient.class).activeTasks())
                .isNotSameAs(parent.getBean(ActiveTasks.class));
        child.getBean(ActiveTasks.class).register(ofChild);

        child.close();

        assertThat(isStopped(ofChild)).isTrue();
        assertThat(isStopped(ofParent)).isFalse();
        assertWorks(parent);
    }

    @Test
    void siblings_with_clients_of_their_own_do_not_end_each_other() {
        ConfigurableApplicationContext bare = started(null, Bare.class);
        ConfigurableApplicationContext one = started(bare, Application.class);
        ConfigurableApplicationContext other = started(bare, Application.class);
        String ofOther = running();
        other.getBean(ActiveTasks.class).register(ofOther);
        assertThat(one.getBean(TaskClient.class)).isNotSameAs(other.getBean(TaskClient.class));

        one.close();

        assertThat(isStopped(ofOther)).isFalse();
        assertWorks(other);
        other.close();
        assertThat(isStopped(ofOther)).isTrue();
        bare.close();
    }

    @Test
    void the_end_of_the_parent_stops_what_is_tracked_through_either_context() {
        String throughChild = running();
        ConfigurableApplicationContext child = started(parent, Application.class);
        child.getBean(ActiveTasks.class).register(throughChild);

        parent.close();

        assertThat(isStopped(throughChild)).isTrue();
        child.close();
    }

    @Test
    void a_parent_without_auto_configuration_may_have_the_client() {
        ConfigurableApplicationContext own = started(null, ClientAlone.class);
        ConfigurableApplicationContext child = started(own, Application.class);
        String tracked = running();
        child.getBean(ActiveTasks.class).register(tracked);

        child.close();

        assertThat(isStopped(tracked)).isFalse();
        Signals.values(own.getBean(TaskClient.class).activeTasks().shutdown(Signals.LIMIT));
        assertThat(isStopped(tracked)).isTrue();
        own.close();
    }

    @Test
    void a_context_that_is_refreshed_stops_what_is_tracked_and_begins_anew() {
        Map<String, Object> properties = Map.of(
                "taskstop.api-key",
                SERVER.key(),
                "taskstop.base-url",
                SERVER.baseUrl().toString());
        try (RefreshableContext context = new RefreshableContext(Application.class, properties)) {
            context.refresh();
            List<String> tracked =
                    Stream.generate(ContextsTest::running).limit(100).toList();
            tracked.forEach(context.getBean(ActiveTasks.class)::register);

            context.refresh();

            assertThat(tracked).allMatch(ContextsTest::isStopped);
            assertWorks(context);
        }
    }

    @Test
    void a_context_that_is_refreshed_ends_its_sweeps_and_begins_them_anew() {
        Map<String, Object> properties = Map.of(
                "taskstop.sweeps[0].name", "forgotten",
                "taskstop.sweeps[0].every", "1h",
                "taskstop.sweeps[0].prompt", "nobody has this");
        try (RefreshableContext context = new RefreshableContext(SharedClient.class, properties)) {
            context.refresh();
            TaskSweep before = context.getBean(TaskSweep.class);

            context.refresh();

            assertThat(before.isRunning()).isFalse();
            assertThat(context.getBean(TaskSweep.class).isRunning()).isTrue();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Bare {}

    /** A client that outlives the context. */
    @Configuration(proxyBeanMethods = false)
    static class SharedClient extends Application {

        private static final TaskClient SHARED = TaskClient.builder()
                .apiKey(SERVER.key())
                .baseUrl(SERVER.baseUrl())
                .build();

        @Bean(destroyMethod = "")
        TaskClient shared() {
            return SHARED;
        }
    }

    /** What an application has, less what has nothing to do with clients. */
    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        TaskstopAutoConfiguration.class,
        TaskstopActuatorAutoConfiguration.class,
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ReactiveHttpClientAutoConfiguration.class
    })
    static class Application {

        /** One each, and all of them end Reactor Netty's global ones. */
        @Bean
        ReactorResourceFactory reactorResourceFactory() {
            return QuickLoops.factory();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnClient extends Application {

        @Bean(destroyMethod = "closeAsync")
        TaskClient childClient(TaskClientBuilder builder) {
            return builder.build();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ClientAlone {

        @Bean(destroyMethod = "closeAsync")
        TaskClient client() {
            return TaskClient.builder()
                    .apiKey(SERVER.key())
                    .baseUrl(SERVER.baseUrl())
                    .build();
        }
    }
}

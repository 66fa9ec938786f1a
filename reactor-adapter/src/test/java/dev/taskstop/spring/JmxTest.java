package dev.taskstop.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.ActiveTasks;
import dev.taskstop.TaskClient;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServer;
import java.lang.management.ManagementFactory;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import reactor.core.publisher.Flux;

/** The endpoint as JMX shows it. */
class JmxTest {

    private static @Nullable Object invoke(String operation) throws JMException {
        MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
        return beans.invoke(
                new ObjectName("org.springframework.boot:type=Endpoint,name=Taskstop"),
                operation,
                new Object[0],
                new String[0]);
    }

    @Test
    void it_tells_of_clients_and_sweeps_and_stops_what_is_tracked() throws JMException {
        try (TaskServer server = TaskServer.start();
                ConfigurableApplicationContext context = new SpringApplicationBuilder(Application.class)
                        .web(WebApplicationType.NONE)
                        .run(
                                "--spring.main.banner-mode=off",
                                "--spring.jmx.enabled=true",
                                "--taskstop.api-key=" + server.key(),
                                "--taskstop.base-url=" + server.baseUrl(),
                                "--taskstop.sweeps[0].name=forgotten",
                                "--taskstop.sweeps[0].every=1h",
                                "--taskstop.sweeps[0].creator=jane@example.com",
                                "--management.endpoint.taskstop.access=unrestricted",
                                "--management.endpoints.jmx.exposure.include=*")) {
            String tracked =
                    server.createTasks(1, Lifecycle.staysIn(Status.PROCESSING)).get(0);
            context.getBean(ActiveTasks.class).register(tracked);
            Signals.values(context.getBean(TaskClient.class).stopAll(Flux.just("not/an/id")));

            assertThat(String.valueOf(invoke("state")))
                    .contains("gate", tracked, "not/an/id", "forgotten", "taskClient")
                    .doesNotContain(server.key(), "jane");
            assertThat(String.valueOf(invoke("stopTracked"))).contains("stopped=1");
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}

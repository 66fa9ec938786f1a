package dev.taskstop.guide;

import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.TaskServer;
import dev.taskstop.server.TaskServerOptions;
import dev.taskstop.spring.TaskstopConnectionDetails;
import java.net.URI;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;

// begin
@TestConfiguration(proxyBeanMethods = false)
class FaultyServer {

    @Bean(destroyMethod = "close")
    TaskServer taskServer() {
        return TaskServer.start(TaskServerOptions.defaults()
                .withFaults(Faults.none().with(FaultKind.ERROR_AFTER, 0.2))); // stopped, and answered with 500
    }

    @Bean
    TaskstopConnectionDetails faultyServerConnection(TaskServer server) { // goes before taskstop.base-url and api-key
        return new TaskstopConnectionDetails() {
            @Override
            public URI getBaseUrl() {
                return server.baseUrl();
            }

            @Override
            public String getApiKey() {
                return server.key();
            }
        };
    }
}
// end

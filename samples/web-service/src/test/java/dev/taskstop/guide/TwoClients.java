package dev.taskstop.guide;

import dev.taskstop.TaskClient;
import dev.taskstop.TaskClientBuilder;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;

// begin
@Configuration(proxyBeanMethods = false)
class TwoClients {

    @Bean(destroyMethod = "closeAsync")
    @Primary
    TaskClient taskClient(TaskClientBuilder builder) { // the builder has the properties and customizers applied
        return builder.build();
    }

    @Bean(destroyMethod = "closeAsync")
    TaskClient nightlyClient(TaskClientBuilder builder) { // another builder: each injection gets a new one
        return builder.requestsPerMinute(60).build();
    }
}
// end

package dev.taskstop.guide;

import dev.taskstop.TaskResponse;
import dev.taskstop.spring.TaskClientCustomizer;
import java.nio.charset.StandardCharsets;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import reactor.core.publisher.Mono;

// begin
@TestConfiguration(proxyBeanMethods = false)
class NobodyHasIt {

    @Bean
    TaskClientCustomizer answersNotFound() {
        byte[] body = "{\"error\":\"Task not found\"}".getBytes(StandardCharsets.UTF_8);
        return builder ->
                builder.transport(request -> Mono.fromSupplier(() -> new TaskResponse(404, name -> null, body, false)));
    }
}
// end

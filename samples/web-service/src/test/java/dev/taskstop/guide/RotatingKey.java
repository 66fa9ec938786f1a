package dev.taskstop.guide;

import dev.taskstop.spring.TaskClientCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

// begin
@Configuration(proxyBeanMethods = false)
class RotatingKey {

    @Bean
    TaskClientCustomizer keyFromVault(Vault vault) {
        return builder -> builder.apiKey(vault::readKey); // asked again when the server refuses the key in use
    }
}
// end

package dev.taskstop.kafka;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.kafka.support.LoggingProducerListener;
import org.springframework.kafka.support.ProducerListener;

/** One instance. Any number of them share the work: they are one consumer group. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class StopInstance {

    /**
     * Runs until it is told to end (SIGTERM), or cannot go on: then it exits with 1.
     *
     * @param args Spring's properties, for example {@code --spring.kafka.bootstrap-servers=broker:9092}
     */
    public static void main(String[] args) {
        ConfigurableApplicationContext context = SpringApplication.run(StopInstance.class, args);
        context.getBean(StopPipeline.class).failure().block();
        System.exit(SpringApplication.exit(context, () -> 1));
    }

    /** Logs that a report could not be sent, but not the report: ids are in no log. */
    @Bean
    ProducerListener<Object, Object> kafkaProducerListener() {
        LoggingProducerListener<Object, Object> listener = new LoggingProducerListener<>();
        listener.setIncludeContents(false);
        return listener;
    }
}

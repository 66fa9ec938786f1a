package dev.taskstop.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

class StopPropertiesTest {

    private static final Map<String, String> GOOD = Map.of(
            "ids-topic", "ids",
            "results-topic", "results",
            "failed-topic", "failed",
            "instance", "one",
            "drain-timeout", "0s",
            "lag-interval", "10s");

    @Test
    void one_topic_may_take_all_reports() {
        assertThat(bind("failed-topic", "results").failedTopic()).isEqualTo("results");
    }

    @ParameterizedTest
    @CsvSource({
        "ids-topic, '', taskstop.kafka.ids-topic takes the name of a topic",
        "results-topic, ' ', taskstop.kafka.results-topic takes the name of a topic",
        "failed-topic, '', taskstop.kafka.failed-topic takes the name of a topic",
        "results-topic, ids, taskstop.kafka.ids-topic is where reports go",
        "failed-topic, ids, taskstop.kafka.ids-topic is where reports go",
        "drain-timeout, '', taskstop.kafka.drain-timeout takes a duration",
        "drain-timeout, -1s, taskstop.kafka.drain-timeout takes a duration",
        "lag-interval, '', taskstop.kafka.lag-interval takes a duration",
        "lag-interval, 0s, taskstop.kafka.lag-interval takes a duration"
    })
    void what_cannot_work_is_refused_by_its_name(String property, String value, String message) {
        assertThatThrownBy(() -> bind(property, value)).rootCause().hasMessageContaining(message);
    }

    private static StopProperties bind(String property, String value) {
        Map<String, String> properties = new HashMap<>();
        GOOD.forEach((name, good) -> properties.put("taskstop.kafka." + name, good));
        properties.put("taskstop.kafka." + property, value);
        return new Binder(new MapConfigurationPropertySource(properties))
                .bind("taskstop.kafka", StopProperties.class)
                .get();
    }
}

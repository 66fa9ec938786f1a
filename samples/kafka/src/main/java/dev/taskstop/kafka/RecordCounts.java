package dev.taskstop.kafka;

import dev.taskstop.kafka.TaskReport.Outcome;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Counts the records that this instance has dealt with, by what became of them, and those that it has in hand. */
@Component
class RecordCounts {

    static final String RECORDS = "taskstop.kafka.records";
    static final String IN_FLIGHT = "taskstop.kafka.in.flight";

    private static final String SET_ASIDE = "set_aside";
    private static final String TOMBSTONE = "tombstone";

    private final MeterRegistry meters;

    RecordCounts(MeterRegistry meters, InFlight inFlight) {
        this.meters = meters;
        Gauge.builder(IN_FLIGHT, inFlight, InFlight::count)
                .description("Records that were delivered and have no report yet.")
                .register(meters);
        // Each is there from the beginning, so that a graph begins at zero.
        Stream.concat(Stream.of(Outcome.values()).map(RecordCounts::name), Stream.of(SET_ASIDE, TOMBSTONE))
                .forEach(this::counter);
    }

    void reported(TaskReport report) {
        counter(report.sha256() == null ? name(report.outcome()) : SET_ASIDE).increment();
    }

    void tombstone() {
        counter(TOMBSTONE).increment();
    }

    private Counter counter(String outcome) {
        return Counter.builder(RECORDS)
                .description("Records that have been dealt with.")
                .tag("outcome", outcome)
                .register(meters);
    }

    private static String name(Outcome outcome) {
        return outcome.name().toLowerCase(Locale.ROOT);
    }
}

package dev.taskstop;

import static dev.taskstop.GateLimit.Answer.FAILURE;
import static dev.taskstop.GateLimit.Answer.GOOD;
import static dev.taskstop.GateLimit.Answer.PUSHBACK;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.GateLimit.Answer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateLimitTest {

    private final GateLimit limit = new GateLimit(64);

    /** Answers to calls that were sent together. */
    private void answers(int count, Answer answer) {
        int round = limit.round();
        for (int i = 0; i < count; i++) {
            limit.answered(answer, round);
        }
    }

    /** Calls that are sent one after the other, each after the answer to the one before. */
    private void oneByOne(int count, Answer answer) {
        for (int i = 0; i < count; i++) {
            limit.answered(answer, limit.round());
        }
    }

    @Test
    void it_starts_at_its_ceiling_and_good_answers_keep_it_there() {
        oneByOne(1_000, GOOD);

        assertThat(limit.current()).isEqualTo(64);
        assertThat(limit.ceiling()).isEqualTo(64);
    }

    @Test
    void a_burst_of_pushback_halves_it_once() {
        answers(64, PUSHBACK);
        assertThat(limit.current()).isEqualTo(32);

        answers(32, PUSHBACK);
        assertThat(limit.current()).isEqualTo(16);
    }

    @Test
    void a_burst_of_failures_makes_it_smaller_by_a_third_once() {
        answers(64, FAILURE);
        assertThat(limit.current()).isEqualTo(44);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUSHBACK", "FAILURE"})
    void it_never_falls_below_one(Answer bad) {
        oneByOne(10_000, bad);

        assertThat(limit.current()).isEqualTo(1);
    }

    @Test
    void a_few_answers_of_either_kind_change_nothing() {
        answers(7, PUSHBACK);
        answers(10, FAILURE);

        assertThat(limit.current()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void sporadic_refusals_and_failures_leave_it_near_its_ceiling(long seed) {
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        double sum = 0;
        for (int i = 0; i < 20_000; i++) {
            double point = random.nextDouble();
            Answer answer = point < 0.02 ? PUSHBACK : point < 0.11 ? FAILURE : GOOD;
            limit.answered(answer, limit.round());
            sum += limit.current();
        }

        assertThat(sum / 20_000).isGreaterThan(50);
    }

    @Test
    void after_failures_it_grows_by_one_for_each_limit_of_good_answers_up_to_the_ceiling() {
        answers(64, FAILURE);
        oneByOne(45, GOOD);
        assertThat(limit.current()).isEqualTo(45);

        oneByOne(2_000, GOOD);

        assertThat(limit.current()).isEqualTo(64);
    }

    @Test
    void after_pushback_it_hardly_grows_until_a_thousand_good_answers_came() {
        answers(64, PUSHBACK);
        oneByOne(1_000, GOOD);
        assertThat(limit.current()).isEqualTo(33);

        oneByOne(100, GOOD);

        assertThat(limit.current()).isEqualTo(36);
    }

    @Test
    void answers_to_calls_from_before_a_decrease_do_not_count() {
        int before = limit.round();
        answers(64, PUSHBACK);

        for (int i = 0; i < 1_000; i++) {
            limit.answered(FAILURE, before);
            limit.answered(PUSHBACK, before);
        }

        assertThat(limit.current()).isEqualTo(32);
    }

    @ParameterizedTest
    @CsvSource({"50,40,0.10", "100,20,0.06", "600,10,0.06"})
    void where_a_server_refuses_what_exceeds_its_rate_few_are_refused_in_the_end(int rate, int bursts, double share) {
        int sent = 0;
        int refused = 0;
        for (int burst = 0; burst < bursts; burst++) {
            int inFlight = limit.current();
            oneByOne(rate, GOOD);
            answers(inFlight, PUSHBACK);
            if (burst >= 2) {
                sent += rate + inFlight;
                refused += inFlight;
            }
        }
        System.out.printf("%d of %d refused, limit %d%n", refused, sent, limit.current());

        assertThat((double) refused / sent).isLessThan(share);
    }

    @Test
    void a_server_that_fails_half_of_the_time_gets_a_tenth_of_the_calls_at_once() {
        for (int i = 0; i < 2_000; i++) {
            limit.answered(i % 2 == 0 ? FAILURE : GOOD, limit.round());
        }

        assertThat(limit.current()).isBetween(1, 13);
    }
}

package dev.taskstop;

import static dev.taskstop.GateLimit.Answer.ERROR;
import static dev.taskstop.GateLimit.Answer.GOOD;
import static dev.taskstop.GateLimit.Answer.NOTHING;
import static dev.taskstop.GateLimit.Answer.OVERLOAD;
import static dev.taskstop.GateLimit.Answer.PUSHBACK;
import static dev.taskstop.GateLimit.Answer.SILENCE;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.GateLimit.Answer;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class GateLimitTest {

    private static final long FAST = MILLISECONDS.toNanos(20);
    private static final long SLOW = MILLISECONDS.toNanos(400);

    private final GateLimit limit = new GateLimit(64);

    /** Answers to calls that were sent together. */
    private void answers(int count, Answer answer) {
        int round = limit.round();
        for (int i = 0; i < count; i++) {
            limit.answered(answer, round, FAST);
        }
    }

    /** Calls that are sent one after the other, each after the answer to the one before. */
    private void oneByOne(int count, Answer answer) {
        for (int i = 0; i < count; i++) {
            limit.answered(answer, limit.round(), FAST);
        }
    }

    /** How narrow it becomes while one answer in so many is a bad one, and all take as long. */
    private int narrowestWithOneIn(int each, Answer bad, long nanos) {
        int narrowest = 64;
        for (int i = 0; i < 2_000; i++) {
            limit.answered(i % each == 0 ? bad : GOOD, limit.round(), nanos);
            narrowest = Math.min(narrowest, limit.current());
        }
        return narrowest;
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

    @ParameterizedTest
    @EnumSource(names = {"SILENCE", "ERROR"})
    void as_many_failures_in_a_row_as_may_be_in_flight_make_it_smaller_by_a_third_once(Answer bad) {
        answers(63, bad);
        assertThat(limit.current()).isEqualTo(64);
        answers(100, bad);
        assertThat(limit.current()).isEqualTo(44);
    }

    @Test
    void a_burst_of_503s_makes_it_smaller_by_a_tenth_once() {
        answers(64, OVERLOAD);
        assertThat(limit.current()).isEqualTo(57);
    }

    @ParameterizedTest
    @EnumSource(names = {"PUSHBACK", "OVERLOAD", "SILENCE"})
    void it_never_falls_below_one(Answer bad) {
        oneByOne(10_000, bad);

        assertThat(limit.current()).isEqualTo(1);
    }

    @Test
    void a_few_answers_of_either_kind_change_nothing() {
        answers(7, PUSHBACK);
        answers(7, OVERLOAD);
        answers(10, SILENCE);
        answers(10, ERROR);

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
            Answer answer = point < 0.02 ? PUSHBACK : point < 0.11 ? SILENCE : GOOD;
            limit.answered(answer, limit.round(), FAST);
            sum += limit.current();
        }

        assertThat(sum / 20_000).isGreaterThan(50);
    }

    @Test
    void what_failures_took_comes_back_by_one_for_each_good_answer() {
        answers(64, SILENCE);
        oneByOne(10, GOOD);
        assertThat(limit.current()).isEqualTo(54);

        oneByOne(10, GOOD);

        assertThat(limit.current()).isEqualTo(64);
    }

    @Test
    void after_503s_it_hardly_grows_until_three_hundred_good_answers_came() {
        answers(64, OVERLOAD);
        oneByOne(300, GOOD);
        assertThat(limit.current()).isEqualTo(57);

        oneByOne(450, GOOD);

        assertThat(limit.current()).isEqualTo(64);
    }

    @ParameterizedTest
    @CsvSource({"SILENCE,0.1", "SILENCE,0.5", "ERROR,0.3", "ERROR,0.5", "ERROR,0.7"})
    void tasks_that_cannot_be_stopped_leave_it_wide_while_the_others_are_answered_as_fast_as_before(
            Answer bad, double share) {
        Random random = new Random(1);
        int narrowest = 64;
        for (int i = 0; i < 20_000; i++) {
            limit.answered(random.nextDouble() < share ? bad : GOOD, limit.round(), FAST);
            narrowest = Math.min(narrowest, limit.current());
        }

        assertThat(narrowest).isEqualTo(64);
    }

    @ParameterizedTest
    @EnumSource(names = {"SILENCE", "ERROR"})
    void the_same_failures_narrow_it_when_the_good_answers_have_become_slow(Answer bad) {
        oneByOne(200, GOOD);

        assertThat(narrowestWithOneIn(2, bad, SLOW)).isLessThan(13);
    }

    @Test
    void slow_answers_alone_do_not_narrow_it() {
        oneByOne(200, GOOD);
        for (int i = 0; i < 2_000; i++) {
            limit.answered(GOOD, limit.round(), SLOW);
        }

        assertThat(limit.current()).isEqualTo(64);
    }

    @Test
    void a_server_that_answers_nothing_but_errors_still_gets_a_quarter_and_a_silent_one_a_single_call() {
        oneByOne(2_000, ERROR);
        assertThat(limit.current()).isEqualTo(16);

        oneByOne(2_000, SILENCE);
        assertThat(limit.current()).isEqualTo(1);

        oneByOne(63, GOOD);
        assertThat(limit.current()).isEqualTo(64);
    }

    @Test
    void what_the_server_had_nothing_to_do_with_changes_nothing() {
        oneByOne(10_000, NOTHING);

        assertThat(limit.current()).isEqualTo(64);
    }

    @ParameterizedTest
    @ValueSource(ints = {4, 8, 16, 40})
    void where_a_server_has_room_for_so_many_it_stays_near_that_and_finds_it_anew_when_it_moves(int room) {
        assertThatItStaysNear(room);
        assertThatItStaysNear(48);
        assertThatItStaysNear(room);
    }

    /** Five seconds of a server that takes 20 ms for each of so many at once, and refuses at once what comes on top. */
    private void assertThatItStaysNear(int room) {
        int served = 0;
        int refused = 0;
        for (int turn = 0; turn < 250; turn++) {
            int inFlight = limit.current();
            answers(Math.max(0, inFlight - room), OVERLOAD);
            answers(Math.min(room, inFlight), GOOD);
            if (turn >= 150) {
                served += Math.min(room, inFlight);
                refused += Math.max(0, inFlight - room);
            }
        }
        System.out.printf("room for %d: %d served in 100 turns, %d refused%n", room, served, refused);
        assertThat(served).isGreaterThan(100 * room * 9 / 10);
        assertThat(refused).isLessThan(served / 2);
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
            limit.answered(SILENCE, before, SLOW);
            limit.answered(PUSHBACK, before, SLOW);
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
    void few_failures_do_not_narrow_it_although_the_good_answers_have_become_slow() {
        oneByOne(200, GOOD);

        assertThat(narrowestWithOneIn(10, SILENCE, SLOW)).isEqualTo(64);
    }

    @Test
    void a_few_milliseconds_more_are_not_slow() {
        for (int i = 0; i < 200; i++) {
            limit.answered(GOOD, limit.round(), MILLISECONDS.toNanos(1));
        }

        assertThat(narrowestWithOneIn(2, SILENCE, MILLISECONDS.toNanos(15))).isEqualTo(64);
    }

    @Test
    void twice_as_long_is_not_slow() {
        for (int i = 0; i < 200; i++) {
            limit.answered(GOOD, limit.round(), SLOW);
        }

        assertThat(narrowestWithOneIn(2, SILENCE, 2 * SLOW)).isEqualTo(64);
    }

    @Test
    void what_is_slow_is_measured_by_the_best_and_not_by_the_first_answers() {
        for (int i = 0; i < 10; i++) {
            limit.answered(GOOD, limit.round(), SLOW);
        }
        oneByOne(200, GOOD);

        assertThat(narrowestWithOneIn(2, SILENCE, SLOW)).isLessThan(13);
    }
}

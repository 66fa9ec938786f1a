package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.Disposable;

class RetryBudgetTest {

    @Test
    void a_budget_of_three_is_spent_after_three_retries_without_an_answer() {
        RetryBudget budget = new RetryBudget(3);

        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isFalse();
    }

    @Test
    void an_answered_retry_gives_back_what_it_cost() {
        RetryBudget budget = new RetryBudget(1);
        for (int i = 0; i < 10; i++) {
            assertThat(budget.trySpend()).isTrue();
            budget.answered(true);
        }
    }

    @Test
    void fifteen_answered_first_attempts_pay_for_a_retry() {
        RetryBudget budget = new RetryBudget(1);
        assertThat(budget.trySpend()).isTrue();

        for (int i = 0; i < 14; i++) {
            budget.answered(false);
        }
        assertThat(budget.trySpend()).isFalse();
        budget.answered(false);

        assertThat(budget.trySpend()).isTrue();
    }

    @Test
    void it_never_holds_more_than_its_capacity() {
        RetryBudget budget = new RetryBudget(2);
        for (int i = 0; i < 100; i++) {
            budget.answered(true);
        }

        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isFalse();
    }

    @Test
    void while_retries_wait_for_their_turn_what_they_will_cost_may_be_earned_beyond_the_budget() {
        RetryBudget budget = new RetryBudget(1);
        Disposable first = budget.retryWaits();
        Disposable second = budget.retryWaits();
        for (int i = 0; i < 100; i++) {
            budget.answered(false);
        }
        first.dispose();
        first.dispose();
        second.dispose();
        budget.answered(true);

        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.trySpend()).isTrue();
        assertThat(budget.isLeft()).isFalse();
        assertThat(budget.trySpend()).isFalse();
    }

    @Test
    void a_budget_of_zero_allows_no_retry() {
        assertThat(new RetryBudget(0).trySpend()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0.1,true", "0.3,true", "0.5,false", "0.9,false"})
    void it_lasts_while_a_server_fails_now_and_then_and_is_spent_when_it_fails_often(double rate, boolean lasts) {
        long seed = 7;
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        RetryBudget budget = new RetryBudget(100);
        int refused = 0;
        for (int stop = 0; stop < 20_000; stop++) {
            boolean retried = false;
            while (random.nextDouble() < rate) {
                retried = true;
                if (!budget.trySpend()) {
                    refused++;
                    break;
                }
            }
            budget.answered(retried);
        }

        assertThat(refused == 0).isEqualTo(lasts);
    }
}

package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.when;

import dev.taskstop.TaskClient;
import dev.taskstop.room.Plans.Plan;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.StepVerifier;

/** What was asked, and is carried out once, by who was asked. */
class PlansTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final int MAX_STOP = 5;

    private final TaskClient client = mock();
    private final Room room = mock();

    private Plans plans() {
        RoomProperties properties =
                new RoomProperties("ada", null, Map.of(), Duration.ofSeconds(2), 3, MAX_STOP, Path.of("unused"));
        return new Plans(client, room, new Batches(client, mock()), properties);
    }

    private Plan make(Plans plans, int tasks) {
        when(room.wholeList(any()))
                .thenReturn(Optional.of(IntStream.range(0, tasks)
                        .mapToObj(i -> TaskRow.unknown("t-" + i))
                        .toList()));
        Plan[] made = new Plan[1];
        StepVerifier.create(plans.make(Filter.ALL, "ada"))
                .consumeNextWith(plan -> made[0] = plan)
                .expectComplete()
                .verify(LIMIT);
        return made[0];
    }

    @Test
    void a_plan_is_carried_out_once_by_who_was_asked() {
        Plans plans = plans();
        String id = make(plans, 2).id();

        assertThat(plans.take(id, "bob")).isEmpty();
        assertThat(plans.take("1", "ada")).isEmpty();
        assertThat(plans.take(id, "ada"))
                .hasValueSatisfying(it -> assertThat(it.tasks()).hasSize(2));
        assertThat(plans.take(id, "ada")).isEmpty();
    }

    /** A page that nobody saw may have been asked before a restart, and be answered after the login in another tab. */
    @Test
    void a_question_of_an_earlier_run_of_the_application_is_out_of_date() {
        String asked = make(plans(), 2).id();
        Plans later = plans();
        make(later, 3);

        assertThat(later.take(asked, "ada")).isEmpty();
    }

    @Test
    void plans_keep_no_more_tasks_than_two_of_the_largest() {
        Plans plans = plans();
        List<String> ids = IntStream.of(1, 4, 2, 3, 5)
                .mapToObj(tasks -> make(plans, tasks).id())
                .toList();

        assertThat(ids.stream().map(id -> plans.take(id, "ada").isPresent()))
                .containsExactly(false, false, true, true, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"repo=shop", "agent=a&agent=b", "older=abc", "sort=size"})
    void an_address_that_cannot_be_understood_is_no_plan_and_told(String query) {
        when(room.wholeList(any())).thenReturn(Optional.of(List.of(TaskRow.unknown("t"))));

        StepVerifier.create(plans().make(FilterTest.filter(query), "ada"))
                .expectErrorSatisfies(refused -> assertThat(refused)
                        .isInstanceOf(UnsupportedOperationException.class)
                        .hasMessage(FilterTest.filter(query).problem()))
                .verify(LIMIT);
    }
}

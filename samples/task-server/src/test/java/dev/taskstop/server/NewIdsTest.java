package dev.taskstop.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NewIdsTest {

    private static final long SEED = 20_240_115;

    @ParameterizedTest
    @EnumSource
    void the_same_seed_makes_the_same_ids_and_another_seed_makes_others(IdForm form) {
        assertThat(ids(SEED, form))
                .isEqualTo(ids(SEED, form))
                .doesNotHaveDuplicates()
                .doesNotContainAnyElementsOf(ids(SEED + 1, form));
    }

    @Test
    void an_id_like_the_clouds_has_21_characters_that_need_no_escaping() {
        assertThat(ids(SEED, IdForm.NANOID)).allMatch(id -> id.matches("[A-Za-z0-9_-]{21}"));
    }

    @Test
    void a_uuid_says_that_it_is_a_random_one() {
        assertThat(ids(SEED, IdForm.UUID))
                .allMatch(id -> UUID.fromString(id).toString().equals(id))
                .allMatch(id -> UUID.fromString(id).version() == 4)
                .allMatch(id -> UUID.fromString(id).variant() == 2);
    }

    private static List<String> ids(long seed, IdForm form) {
        NewIds ids = new NewIds(seed);
        return Stream.generate(() -> ids.next(form)).limit(1_000).toList();
    }
}

package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.authentication.BadCredentialsException;
import org.springframework.security.authentication.ReactiveAuthenticationManager;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.crypto.password.PasswordEncoder;
import reactor.test.StepVerifier;

/** Who may log in, as the settings say. */
class LoginTest {

    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static Login login(@Nullable String password, Map<String, String> users) {
        return Login.of(
                new RoomProperties("operator", password, users, Duration.ofSeconds(2), 3, 5, Path.of("unused")));
    }

    @Test
    void a_password_is_made_up_only_where_there_is_none() {
        assertThat(login(null, Map.of()).madeUp()).isTrue();
        assertThat(login(" ", Map.of()).passwords()).containsOnlyKeys("operator");
        assertThat(login("secret", Map.of("ada", "hers")).passwords())
                .isEqualTo(Map.of("operator", "secret", "ada", "hers"));
        assertThat(login(null, Map.of("ada", "hers")).madeUp()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "Operator", "OPERATOR"})
    void a_user_who_is_named_twice_is_refused_however_the_name_is_written(String name) {
        assertThatThrownBy(() -> login("secret", Map.of(name, "other")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("twice");
    }

    @ParameterizedTest
    @ValueSource(strings = {"${ROOM_PASSWORD}", "${room.secret:}", "a${B}c"})
    void a_placeholder_that_is_left_over_is_no_password(String password) {
        assertThatThrownBy(() -> login(password, Map.of()))
                .hasMessageStartingWith("room.password has a placeholder")
                .hasMessageNotContaining(password);
        assertThatThrownBy(() -> login(null, Map.of("ada", password)))
                .hasMessageStartingWith("room.users.ada has a placeholder");
    }

    @Test
    void a_password_that_is_too_long_for_bcrypt_is_refused_by_the_name_of_its_property() {
        assertThat(login("ä".repeat(36), Map.of()).users()).containsExactly("operator");
        assertThatThrownBy(() -> login("ä".repeat(37), Map.of()))
                .hasMessageStartingWith("room.password takes a password of at most 72 bytes");
        assertThat(login("{pbkdf2}" + "a".repeat(100), Map.of()).users()).containsExactly("operator");
    }

    @ParameterizedTest
    @CsvSource({"'',secret,has 1 to 100", "ada,' ',not a blank"})
    void a_user_without_a_name_or_a_password_is_refused(String name, String password, String why) {
        assertThatThrownBy(() -> login(null, Map.of(name, password))).hasMessageContaining(why);
        assertThatThrownBy(() -> login(null, Map.of("a".repeat(101), "secret"))).hasMessageContaining("has 1 to 100");
    }

    /** Counts instead of checking, so that each check is seen. */
    private static final class Counting implements PasswordEncoder {
        private final List<CharSequence> checked = new ArrayList<>();

        @Override
        public String encode(@Nullable CharSequence password) {
            return "of " + password;
        }

        @Override
        public boolean matches(@Nullable CharSequence password, @Nullable String encoded) {
            checked.add(String.valueOf(password));
            return encode(password).equals(encoded);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"operator", "OPERATOR", "somebody", "nobody"})
    void a_name_of_nobody_takes_as_long_as_one_of_a_user(String name) {
        Counting encoder = new Counting();
        ReactiveAuthenticationManager passwords =
                new SecurityConfiguration().authentication(login("secret", Map.of()), encoder);

        StepVerifier.create(passwords.authenticate(UsernamePasswordAuthenticationToken.unauthenticated(name, "wrong")))
                .expectError(BadCredentialsException.class)
                .verify(LIMIT);
        assertThat(encoder.checked).containsExactly("wrong");
    }
}

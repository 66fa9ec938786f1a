package dev.taskstop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which addresses mean the same repository. */
class RepositoryNameTest {

    private static boolean means(String selector, String address) {
        RepositoryName name = RepositoryName.parse(selector);
        return name != null && name.isAt(address);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://github.com/acme/web",
                "https://github.com/acme/web/",
                "https://github.com/acme/web.git",
                "https://github.com/acme/web.git/",
                "http://github.com/acme/web",
                "HTTPS://GitHub.com/Acme/Web.GIT",
                "https://github.com//acme//web",
                "https://github.com:443/acme/web",
                "http://github.com:80/acme/web",
                "https://user@github.com/acme/web",
                "https://user:token@github.com/acme/web.git",
                "https://github.com/acme/web?tab=readme",
                "https://github.com/acme/web#readme",
                "ssh://git@github.com/acme/web.git",
                "ssh://git@github.com:22/acme/web.git",
                "git+ssh://git@github.com:22/acme/web.git",
                "git://github.com/acme/web.git",
                "git@github.com:acme/web.git",
                "github.com:acme/web",
                "github.com/acme/web",
                "git@github.com/acme/web",
                " https://github.com/acme/web "
            })
    void every_way_to_write_an_address_means_the_repository(String form) {
        assertThat(means(form, "https://github.com/acme/web.git")).isTrue();
        assertThat(means("https://github.com/acme/web.git", form)).isTrue();
        assertThat(means("acme/web", form)).isTrue();
        assertThat(means("Acme/Web.git/", form)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "acme/web, https://github.com/acme/website",
        "acme/web, https://github.com/acme/web-app",
        "acme/web, https://github.com/acme/web.gitx",
        "acme/web, https://github.com/bigacme/web",
        "acme/web, https://github.com/group/acme/web",
        "acme/web, https://github.com/acme/web/tree/main",
        "acme/web, https://github.com/acme",
        "acme/web, web",
        "https://github.com/acme/web, https://gitlab.com/acme/web",
        "https://github.com/acme/web, https://github.com.example/acme/web",
        "https://github.com/acme/web, https://example/github.com/acme/web",
        "https://github.com/acme/web, https://github.com:8443/acme/web",
        "https://github.com/acme/web, https://github.com:80/acme/web",
        "https://github.com/acme/web, http://github.com:443/acme/web",
        "https://github.com/acme/web, acme/web"
    })
    void another_repository_is_not_meant(String selector, String address) {
        assertThat(means(selector, address)).isFalse();
    }

    @Test
    void a_name_without_a_host_means_that_repository_of_every_host() {
        assertThat(means("acme/web", "https://git.example.com:8443/acme/web.git"))
                .isTrue();
        assertThat(means("group/sub/web", "git@gitlab.example.com:group/sub/web.git"))
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "web",
                "/",
                "//",
                "acme/",
                "/web",
                ".git",
                "https://github.com",
                "https://github.com/",
                "https:///acme/web",
                "file:///acme/web",
                "acme/we b",
                "github.com:",
                "://"
            })
    void what_names_no_repository_is_refused_and_not_repeated(String text) {
        assertThatThrownBy(() -> TaskQuery.all().withRepository(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("repository takes an address such as https://github.com/owner/name, or owner/name;"
                        + " this is neither");
    }

    @Test
    void a_task_without_an_address_or_with_an_odd_one_is_at_no_repository() {
        RepositoryName name = Objects.requireNonNull(RepositoryName.parse("acme/web"));

        assertThat(name.isAt(null)).isFalse();
        assertThat(name.isAt("")).isFalse();
        assertThat(name.isAt("not an address")).isFalse();
    }

    @Test
    void the_text_form_has_no_user_and_no_password() {
        assertThat(RepositoryName.parse("https://user:secret@github.com/acme/web.git"))
                .hasToString("github.com/acme/web");
    }
}

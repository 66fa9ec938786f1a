package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

/** Back and forward, load again, and another user in the same browser: the page is always that of its address and user. */
@ExtendWith(Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "dev.taskstop.room.Browser#isInstalled", disabledReason = "There is no chromium or no chromedriver")
class HistoryTest {

    private static final String USER = "header .user";

    private final Browser browser;
    private final TestRoom room;

    HistoryTest(Browser browser, TestRoom room) {
        this.browser = browser;
        this.room = room;
    }

    @BeforeEach
    void open() {
        browser.resize(1280, 800);
        room.newTasks(5);
        room.server()
                .createTask(
                        TaskServerOptions.DEFAULT_USER,
                        NewTask.defaults().withPrompt("the one"),
                        Lifecycle.staysIn(Status.SAVING));
        browser.open(room, "/login");
        browser.driver.manage().deleteAllCookies();
        browser.enter(room, "/");
        browser.until("all are shown", it -> browser.text("#shown").equals("6 active"));
    }

    @AfterEach
    void closeTabs() {
        List<String> windows = List.copyOf(browser.driver.getWindowHandles());
        for (String window : windows.subList(1, windows.size())) {
            browser.driver.switchTo().window(window).close();
        }
        browser.driver.switchTo().window(windows.get(0));
    }

    @AfterAll
    void leave() {
        browser.driver.manage().deleteAllCookies();
        browser.leave();
    }

    private void filter(String field, String value) {
        browser.css("#filter [name=" + field + "]").sendKeys(value);
    }

    /** What the form, the list, the button and the question say. */
    private void isPageOf(String text, String state, int tasks) {
        String shown = text.isEmpty() && state.isEmpty() ? "6 active" : tasks + (tasks == 1 ? " matches" : " match");
        browser.until("the list is " + shown, it -> browser.text("#shown").equals(shown));
        browser.untilLive();
        assertThat(browser.script("return document.querySelector('#filter [name=text]').value"))
                .isEqualTo(text);
        assertThat(browser.script("return document.querySelector('#filter [name=state]').value"))
                .isEqualTo(state);
        String which = text.isEmpty() && state.isEmpty() ? "active" : "that match";
        assertThat(browser.text("#stop-all")).matches("(?s)Stop all " + which + "\\s+\\(" + tasks + "\\)");
        browser.click(By.id("stop-all"));
        browser.untilAsked();
        assertThat(browser.text("#confirm-question")).contains(" " + tasks + " ");
        browser.click(By.id("confirm-no"));
    }

    @ParameterizedTest
    @ValueSource(strings = {".skip", "#needs-link"})
    void who_goes_back_over_a_link_within_the_page_sees_what_the_address_says(String link) {
        browser.script("document.querySelector(arguments[0]).click()", link);
        filter("text", "the one");
        isPageOf("the one", "", 1);

        browser.driver.navigate().back();
        isPageOf("", "", 6);
        browser.driver.navigate().forward();
        isPageOf("the one", "", 1);
    }

    @Test
    void a_link_within_the_page_leaves_it_as_it_is() {
        browser.script("window.notReloaded = true");
        filter("text", "the one");
        isPageOf("the one", "", 1);

        browser.script("document.querySelector('.skip').click()");
        browser.driver.navigate().back();

        isPageOf("the one", "", 1);
        assertThat(browser.script("return window.notReloaded")).isEqualTo(true);
    }

    @Test
    void a_page_that_is_loaded_again_or_come_back_to_has_the_filter_of_its_address() {
        filter("state", "saving");
        isPageOf("", "saving", 1);
        browser.driver.navigate().refresh();
        isPageOf("", "saving", 1);
        browser.click(By.cssSelector("#rows .prompt"));
        browser.until("the task's page is there", it -> browser.count(".facts") == 1);
        browser.driver.navigate().back();
        isPageOf("", "saving", 1);

        browser.script("document.querySelector('#filter [name=state]').value = 'pending'");
        browser.driver.navigate().refresh();
        isPageOf("", "saving", 1);
    }

    @Test
    void a_page_says_who_is_logged_in_also_when_that_is_somebody_else_meanwhile() {
        String first = browser.driver.getWindowHandle();
        assertThat(browser.text(USER)).isEqualTo(TestRoom.USER);
        browser.driver.switchTo().newWindow(WindowType.TAB);
        String hidden = browser.driver.getWindowHandle();
        browser.open(room, "/?state=saving");
        browser.untilLive();
        browser.driver.switchTo().newWindow(WindowType.TAB);
        browser.open(room, "/login");
        browser.find(By.id("username")).sendKeys("bob");
        browser.find(By.id("password")).sendKeys("bob's", Keys.ENTER);
        browser.until("bob is logged in", it -> browser.text(USER).equals("bob"));

        for (String window : List.of(first, hidden)) {
            browser.driver.switchTo().window(window);
            browser.until("the page is bob's", it -> browser.text(USER).equals("bob"));
            browser.untilLive();
        }
        isPageOf("", "saving", 1);
    }

    /** Not hidden from its browser, as one of two windows side by side. */
    @Test
    void a_page_that_is_seen_meanwhile_stops_nothing_in_the_name_of_the_other_and_says_so_too() {
        String id = room.ledger().tasks().findFirst().orElseThrow().taskId();

        Object status = browser.await("""
                const post = (path, form) => fetch(path, {method: 'POST', redirect: 'manual',
                    body: new URLSearchParams(form),
                    headers: {[document.body.dataset.csrfHeader]: document.body.dataset.csrfToken}});
                post('/login', "username=bob&password=bob's")
                    .then(() => post('/stops', 'taskId=' + arguments[0]))
                    .then(answer => arguments[1](answer.status));""", id);

        assertThat(status).isEqualTo(403L);
        assertThat(room.ledger().totals().patchRequests()).isZero();
        browser.until("the page is bob's", it -> browser.text(USER).equals("bob"));
        isPageOf("", "", 6);
    }
}

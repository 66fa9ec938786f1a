package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import com.deque.html.axecore.results.Rule;
import com.deque.html.axecore.selenium.AxeBuilder;
import dev.taskstop.server.FaultKind;
import dev.taskstop.server.Faults;
import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServerOptions;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What a person does with the page, in a browser; the task server's ledger has the last word. */
class JourneyTest {

    private static final TaskServerOptions SLOW = TaskServerOptions.defaults().withLatency(Duration.ofMillis(100));

    @SuppressWarnings("NullAway.Init")
    private Browser browser;

    @SuppressWarnings("NullAway.Init")
    private TestRoom room;

    /** A browser for each test: the page of the one before would go on asking for a server that is gone. */
    @BeforeEach
    void startBrowser() {
        browser = Browser.start();
        browser.resize(1280, 800);
    }

    @AfterEach
    void stop() {
        if (browser != null) {
            browser.close();
        }
        if (room != null) {
            room.close();
        }
    }

    private List<String> openWith(int tasks, TaskServerOptions options, String... properties) {
        room = TestRoom.start(options, properties);
        List<String> ids = room.server.createTasks(tasks, Lifecycle.staysIn(Status.PROCESSING));
        browser.logIn(room);
        browser.until("all tasks are shown", it -> browser.count("#rows tr") == tasks);
        browser.script("window.notReloaded = true");
        return ids;
    }

    private void pick(String id) {
        browser.find(By.id("pick-" + id)).click();
    }

    private void confirm(String question) {
        assertThat(browser.text("#confirm-question")).isEqualTo(question);
        browser.find(By.id("confirm-yes")).click();
    }

    private void untilBatchIsDone(int number) {
        browser.until(
                "batch " + number + " is done",
                it -> browser.text("#numbers-" + number + " .totals").matches("(?s)(\\d+) of \\1\\s.*")
                        && browser.count("#cancel-" + number) == 0);
    }

    private int counted(int batch, String outcome) {
        String text = browser.text("#numbers-" + batch + " ." + outcome + " dd");
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    @Test
    void selected_tasks_are_stopped_and_the_numbers_change_without_reload() {
        List<String> ids = openWith(30, TaskServerOptions.defaults());
        List<String> chosen = ids.subList(4, 7);

        chosen.forEach(this::pick);
        assertThat(browser.text("#stop-selected")).contains("(3)");
        browser.find(By.id("stop-selected")).click();
        confirm("Stop 3 selected tasks?");

        browser.until("27 are left", it -> browser.text("#active").equals("27"));
        untilBatchIsDone(1);
        assertThat(browser.count("#rows tr")).isEqualTo(27);
        assertThat(counted(1, "stopped")).isEqualTo(3);
        assertThat(browser.script("return window.notReloaded")).isEqualTo(true);
        assertThat(room.stopped()).isEqualTo(Set.copyOf(chosen));
    }

    @Test
    void all_active_tasks_are_stopped_and_the_page_counts_what_the_ledger_counts() {
        List<String> ids = openWith(120, SLOW);

        browser.find(By.id("stop-all")).click();
        confirm("Stop all 120 active tasks?");

        browser.until("stops are seen as they happen", it -> counted(1, "stopped") > 0);
        browser.screenshot("stopping-all");
        untilBatchIsDone(1);
        browser.until("none is left", it -> browser.text("#active").equals("0"));
        assertThat(counted(1, "stopped")).isEqualTo(room.stopped().size()).isEqualTo(ids.size());
        browser.until(
                "the chart shows it", it -> browser.text("#stops-per-second").matches(".*[1-9]\\d* at most.*"));
        assertThat(browser.count("#chart canvas")).isEqualTo(1);
    }

    @Test
    void saying_no_stops_nothing() {
        openWith(3, TaskServerOptions.defaults());

        browser.find(By.id("stop-all")).click();
        browser.css("#confirm button[value=no]").click();
        browser.find(By.id("stop-all")).click();
        browser.press(Keys.ESCAPE);

        assertThat(browser.focused()).isEqualTo("stop-all");
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void a_filter_shows_what_matches_and_stopping_one_leaves_the_rest() {
        List<String> ids = openWith(10, TaskServerOptions.defaults());
        String id = ids.get(7);

        WebElement text = browser.css("#filter input");
        text.sendKeys(id);
        browser.until("one matches", it -> browser.count("#rows tr") == 1);
        assertThat(browser.text("#shown")).isEqualTo("1 of 10 active match");
        assertThat(browser.driver.switchTo().activeElement()).isEqualTo(text);
        browser.find(By.id("stop-" + id)).click();
        confirm("Stop 1 task?");

        browser.until("none matches", it -> browser.text("#shown").equals("0 of 9 active match"));
        assertThat(room.stopped()).containsExactly(id);
        assertThat(browser.script("return window.notReloaded")).isEqualTo(true);
    }

    @Test
    void what_fails_needs_a_person_who_can_try_again() {
        List<String> ids = openWith(
                20,
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.ERROR_BEFORE, 0.5)),
                "--taskstop.retry.max-attempts=1");

        browser.find(By.id("stop-all")).click();
        confirm("Stop all 20 active tasks?");
        untilBatchIsDone(1);
        int failed = counted(1, "failed");
        assertThat(failed)
                .isBetween(1, 19)
                .isEqualTo(ids.size() - room.stopped().size());
        browser.until("each failure is listed", it -> browser.count("#failures li") == failed);
        assertThat(browser.text("#failures li")).contains("PATCH /api/tasks/{taskId} answered 500");

        for (int batch = 2; browser.count("#failures li") > 0; batch++) {
            browser.css("#failures li button").click();
            untilBatchIsDone(batch);
            int left = ids.size() - room.stopped().size();
            browser.until("what is left is listed", it -> browser.count("#failures li") == left);
        }
        assertThat(room.stopped()).isEqualTo(Set.copyOf(ids));
    }

    @Test
    void a_batch_that_is_cancelled_leaves_the_rest_running() {
        List<String> ids = openWith(100, SLOW, "--taskstop.concurrency=2");

        browser.find(By.id("stop-all")).click();
        confirm("Stop all 100 active tasks?");
        browser.until("it has begun", it -> counted(1, "stopped") > 2);
        browser.find(By.id("cancel-1")).click();

        browser.until("it is cancelled", it -> browser.text(".batch .phase").equals("cancelled"));
        assertThat(counted(1, "stopped"))
                .isLessThan(ids.size())
                .isEqualTo(room.stopped().size());
    }

    @Test
    void a_stop_without_the_csrf_token_is_refused() {
        openWith(3, TaskServerOptions.defaults());

        Object status = browser.driver.executeAsyncScript(
                "fetch('/stops/active', {method: 'POST'}).then(answer => arguments[0](answer.status))");

        assertThat(status).isEqualTo(403L);
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void ticks_and_focus_stay_while_the_list_changes() {
        List<String> ids = openWith(5, TaskServerOptions.defaults());
        pick(ids.get(1));
        browser.script("document.getElementById('stop-" + ids.get(2) + "').focus()");

        room.server.createTasks(4, Lifecycle.staysIn(Status.SAVING));
        browser.until("new ones came", it -> browser.count("#rows tr") == 9);
        assertThat(browser.focused()).isEqualTo("stop-" + ids.get(2));
        assertThat(browser.text("#stop-selected")).contains("(1)");

        browser.css("#filter select").sendKeys("Processing");
        browser.until("the filter applies", it -> browser.count("#rows tr") == 5);
        assertThat(browser.find(By.id("pick-" + ids.get(1))).isSelected()).isTrue();
    }

    @Test
    void the_keyboard_is_enough() {
        List<String> ids = openWith(3, TaskServerOptions.defaults());

        tabTo(Keys.TAB, "pick-(?!all).*");
        String picked = browser.focused().substring("pick-".length());
        browser.press(Keys.SPACE);
        tabTo(Keys.chord(Keys.SHIFT, Keys.TAB), "stop-selected");
        browser.press(Keys.ENTER);
        assertThat(browser.text("#confirm-question")).isEqualTo("Stop 1 selected task?");
        tabTo(Keys.TAB, "confirm-yes");
        browser.press(Keys.ENTER);

        untilBatchIsDone(1);
        assertThat(ids).contains(picked);
        assertThat(room.stopped()).containsExactly(picked);
        assertThat(browser.focused()).isEqualTo("tasks-title");
    }

    private void tabTo(CharSequence tab, String id) {
        for (int i = 0; i < 30 && !browser.focused().matches(id); i++) {
            browser.press(tab);
        }
        assertThat(browser.focused()).matches(id);
    }

    @Test
    void a_phone_does_not_scroll_sideways_and_has_buttons_for_fingers() {
        browser.resize(390, 844);
        openWith(100, SLOW, "--taskstop.concurrency=4");
        browser.find(By.id("stop-all")).click();
        confirm("Stop all 100 active tasks?");
        browser.until("it has begun", it -> counted(1, "stopped") > 0);
        browser.screenshot("phone");

        assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
        assertThat(browser.script("return [...document.querySelectorAll('button')].filter(it => it.checkVisibility())"
                        + ".filter(it => it.getBoundingClientRect().height < 44).map(it => it.id)"))
                .isEqualTo(List.of());
    }

    @Test
    void an_accessibility_checker_finds_nothing() {
        openWith(
                12,
                TaskServerOptions.defaults().withFaults(Faults.none().with(FaultKind.ERROR_BEFORE, 0.5)),
                "--taskstop.retry.max-attempts=1");
        browser.find(By.id("stop-all")).click();
        assertThat(violations()).isEmpty();
        confirm("Stop all 12 active tasks?");
        untilBatchIsDone(1);
        browser.until("failures are listed", it -> browser.count("#failures li") > 0);
        assertThat(violations()).isEmpty();

        browser.resize(390, 844);
        assertThat(violations()).isEmpty();

        browser.css("header form button").click();
        browser.until("the login page is there", it -> browser.count("#username") == 1);
        assertThat(violations()).isEmpty();
    }

    private List<String> violations() {
        return new AxeBuilder()
                .analyze(browser.driver).getViolations().stream()
                        .map(JourneyTest::description)
                        .toList();
    }

    private static String description(Rule rule) {
        return rule.getId() + ": " + rule.getNodes();
    }
}

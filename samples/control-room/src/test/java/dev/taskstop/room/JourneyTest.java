package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServerOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.interactions.Actions;

/** What a person does with the page, in a browser; the task server's ledger has the last word. */
@ExtendWith(Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "dev.taskstop.room.Browser#isInstalled", disabledReason = "There is no chromium or no chromedriver")
class JourneyTest {

    private final Browser browser;
    private final TestRoom room;

    JourneyTest(Browser browser, TestRoom room) {
        this.browser = browser;
        this.room = room;
    }

    @AfterAll
    void leave() {
        browser.leave();
    }

    @BeforeEach
    void wide() {
        browser.resize(1280, 800);
    }

    private List<String> openWith(int tasks) {
        dismissAll();
        List<String> ids = room.newTasks(tasks);
        browser.enter(room, "/");
        browser.until("all tasks are counted", it -> browser.text("#active").equals(Text.number(tasks)));
        browser.script("window.notReloaded = true");
        return ids;
    }

    /** What the test before has left. */
    private void dismissAll() {
        Batches batches = room.bean(Batches.class);
        List<String> failed =
                batches.failures().stream().map(it -> it.task().id()).toList();
        if (!failed.isEmpty()) {
            batches.dismiss(failed, TestRoom.USER);
        }
    }

    private void pick(String id) {
        browser.click(By.id("pick-" + id));
    }

    private void click(String id) {
        browser.click(By.id(id));
    }

    private void confirm(String question) {
        browser.untilAsked();
        assertThat(browser.text("#confirm-question")).isEqualTo(question);
        String number = browser.text("#confirm-count");
        WebElement typed = browser.css("#confirm-number");
        if (typed.isDisplayed()) {
            assertThat(browser.css("#confirm-yes").isEnabled()).isFalse();
            typed.sendKeys(number);
        }
        String newest = browser.text(".batch h3 .unseen");
        browser.agree();
        untilBatchBegins(newest);
    }

    private void untilBatchBegins(String newest) {
        browser.until("a batch begins", it -> !browser.text(".batch h3 .unseen").equals(newest));
    }

    private void untilBatchIsDone() {
        browser.until(
                "the newest batch is done",
                it -> browser.count(".batch.over") > 0
                        && browser.text(".batch").equals(browser.text(".batch.over"))
                        && browser.text(".batch .totals").matches("(?s)([\\d,]+) of \\1\\s.*"));
    }

    private int counted(String outcome) {
        String text = browser.text(".batch ." + outcome + " dd").replace(",", "");
        return text.isEmpty() ? 0 : Integer.parseInt(text);
    }

    @Test
    void selected_tasks_are_stopped_and_the_numbers_change_without_reload() {
        List<String> ids = openWith(30);
        List<String> chosen = ids.subList(4, 7);

        chosen.forEach(this::pick);
        assertThat(browser.text("#stop-selected")).contains("(3)");
        click("stop-selected");
        confirm("Stop 3 selected tasks?");

        browser.until("27 are left", it -> browser.text("#active").equals("27"));
        untilBatchIsDone();
        assertThat(browser.count("#rows tr")).isEqualTo(27);
        assertThat(counted("stopped")).isEqualTo(3);
        assertThat(browser.text(".batch h3")).endsWith("Describe the public methods and 2 more");
        assertThat(browser.script("return window.notReloaded")).isEqualTo(true);
        assertThat(room.stopped()).isEqualTo(Set.copyOf(chosen));
    }

    @Test
    void all_active_tasks_are_stopped_and_the_page_counts_what_the_ledger_counts() {
        List<String> ids = openWith(120);
        room.line.holdAfter(10);

        click("stop-all");
        confirm("Stop all 120 active tasks?");

        browser.until("stops are seen as they happen", it -> counted("stopped") == 10);
        room.line.release();
        untilBatchIsDone();
        browser.until("none is left", it -> browser.text("#active").equals("0"));
        assertThat(counted("stopped")).isEqualTo(room.stopped().size()).isEqualTo(ids.size());
        assertThat(browser.text("#empty")).isEqualTo("No task is active.");
        browser.until(
                "the chart shows it", it -> browser.text("#stops-per-second").matches(".*[1-9]\\d* at most.*"));
        assertThat(browser.count("#chart canvas")).isEqualTo(1);
    }

    @Test
    void more_tasks_than_are_listed_are_counted_and_stopped_and_what_starts_meanwhile_is_not() {
        List<String> ids = room.newTasks(1230);
        browser.enter(room, "/");
        browser.until("the list is cut", it -> browser.text("#active").equals("1,200+"));

        click("stop-all");
        browser.untilAsked();
        List<String> late = room.server().createTasks(2, Lifecycle.staysIn(Status.PROCESSING));
        assertThat(browser.css("#confirm-number").isDisplayed()).isTrue();
        confirm("Stop all 1,230 active tasks?");

        untilBatchIsDone();
        assertThat(room.stopped()).isEqualTo(Set.copyOf(ids)).doesNotContainAnyElementsOf(late);
        assertThat(browser.text(".batch .totals")).startsWith("1,230 of 1,230");
        assertThat(counted("stopped")).isEqualTo(1230);
        assertThat(browser.text("body").replaceAll("[\\w-]{20}", ""))
                .doesNotContainPattern("(?<![\\d-])\\d{4}(?!\\d|-)");
    }

    /** The mouse is above the answer already. */
    @Test
    void a_question_that_is_open_stays_what_it_is() {
        List<String> ids = openWith(20);
        browser.script("const real = fetch; window.fetch = (...request) => request[0].startsWith('/plans')"
                + " ? new Promise(go => { window.go = go; }).then(() => real(...request)) : real(...request)");
        click("stop-all");
        click("stop-" + ids.get(3));
        browser.untilAsked();
        browser.script("go()");
        browser.until("the plan has come", it -> browser.text("#alert-text").startsWith("Another question was open"));

        assertThat(browser.text("#confirm-yes")).isEqualTo("Stop 1 task");
        assertThat(browser.text("#confirm-note")).contains(ids.get(3));
        confirm("Stop 1 task?");
        untilBatchIsDone();
        assertThat(room.stopped()).containsExactly(ids.get(3));
    }

    @Test
    void what_is_not_listed_of_the_failures_is_counted_until_it_has_an_answer_or_is_dismissed() {
        openWith(60);
        room.line.failing(path -> true);
        click("stop-all");
        confirm("Stop all 60 active tasks?");
        untilBatchIsDone();
        browser.until("all are counted", it -> browser.text("#needs-link").equals("60 need a person"));
        assertThat(browser.count("#failures li")).isEqualTo(50);

        room.line.failing(path -> false);
        click("again-all");
        browser.until("the listed ones are stopped", it -> browser.count("#failures li") == 0);
        assertThat(browser.text("#needs-link")).isEqualTo("10 need a person");
        assertThat(browser.text("#failures"))
                .contains("10 tasks that failed earlier are not listed")
                .doesNotContain("Every task");
        assertThat(room.stopped()).hasSize(50);
        click("dismiss-all");
        browser.until("they are dismissed", it -> browser.text("#failures").startsWith("Every task"));
        assertThat(browser.css("#needs-link").isDisplayed()).isFalse();
    }

    @Test
    void an_address_with_an_odd_filter_says_the_same_as_the_server() {
        openWith(3);
        browser.open(room, "/?text=&page=x&state=RUNNING");
        browser.untilLive();
        assertThat(browser.text("#shown")).isEqualTo("3 match");
        assertThat(browser.script("return document.querySelector('#filter [name=state]').value"))
                .isEqualTo("processing");
        browser.open(room, "/?text=&page=x");
        browser.untilLive();
        assertThat(browser.text("#stop-all-which")).isEqualTo("active");
        assertThat(browser.text("#shown")).isEqualTo("3 active");
        assertThat(browser.css(".title ~ form .clear").isDisplayed()).isFalse();
    }

    @Test
    void as_much_text_as_a_field_takes_can_be_looked_for() {
        openWith(2);
        browser.script("for (const field of filter.elements) {"
                + "  if (field.maxLength > 0 && !/older|before|repository/.test(field.name)) {"
                + "    field.value = '\u6587'.repeat(field.name === 'text' ? field.maxLength : 50);"
                + "  }"
                + "}"
                + "applyFilter()");
        browser.until("nothing matches", it -> browser.text("#shown").equals("0 match"));
        browser.driver.navigate().refresh();
        browser.until(
                "the address is not too long", it -> browser.text("#shown").equals("0 match"));
        assertThat(browser.count("#filter input:not([maxlength])")).isZero();
    }

    @Test
    void saying_no_stops_nothing() {
        openWith(3);

        click("stop-all");
        browser.untilAsked();
        browser.click(By.cssSelector("#confirm button[value=no]"));
        click("stop-all");
        browser.untilAsked();
        browser.press(Keys.ESCAPE);

        browser.until("the focus is back", it -> browser.focused().equals("stop-all"));
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void a_filter_shows_what_matches_is_in_the_address_and_stops_no_others() {
        List<String> ids = openWith(10);
        String id = ids.get(7);

        WebElement text = browser.css("#filter input");
        text.sendKeys(id);
        browser.until("one matches", it -> browser.count("#rows tr") == 1);
        assertThat(browser.text("#shown")).isEqualTo("1 matches");
        assertThat(browser.driver.switchTo().activeElement()).isEqualTo(text);
        browser.driver.navigate().refresh();
        browser.until("a link shows the same", it -> browser.text("#shown").equals("1 matches"));
        assertThat(browser.text("#stop-all")).contains("that match").contains("(1)");
        click("stop-all");
        confirm("Stop all 1 task that matches?");

        browser.until("none matches", it -> browser.text("#shown").equals("0 match"));
        assertThat(browser.text("#empty")).isEqualTo("No active task matches “" + id + "”.");
        assertThat(room.stopped()).containsExactly(id);
        browser.click(By.cssSelector(".nothing .clear"));
        browser.until("all are shown again", it -> browser.count("#rows tr") == 9);
        assertThat(browser.driver.getCurrentUrl()).isEqualTo(room.url() + "/");
    }

    @Test
    void what_matches_the_form_is_stopped_and_nothing_that_starts_meanwhile_and_the_audit_list_tells_it() {
        openWith(3);
        NewTask wanted = NewTask.defaults()
                .withRepository("https://github.com/shop/orders.git", "main")
                .withAgent("claude", "opus")
                .withCreatedAt(Instant.now().minus(Duration.ofHours(7)));
        Set<String> matching = Set.of(create(wanted), create(wanted.withBatch("b-7")));
        create(wanted.withCreatedAt(null));
        create(wanted.withAgent("codex", "gpt"));
        create(wanted.withRepository("https://github.com/shop/cart", "main"));
        browser.until("all are shown", it -> browser.text("#active").equals("8"));
        browser.click(By.cssSelector("#filter summary"));

        browser.css("#filter [name=repository]").sendKeys("Shop/Orders");
        browser.css("#filter [name=agent]").sendKeys("claude");
        browser.css("#filter [name=older]").sendKeys("6h");
        browser.until("two match", it -> browser.text("#shown").equals("2 match"));
        assertThat(browser.driver.getTitle()).isEqualTo("2 match · Control room");
        String link = String.valueOf(browser.driver.getCurrentUrl());
        assertThat(link).endsWith("/?repository=Shop%2FOrders&agent=claude&older=6h");
        browser.leave();
        browser.driver.get(link);
        browser.until("a link shows the same", it -> browser.text("#shown").equals("2 match"));
        assertThat(browser.css("#filter [name=older]").isDisplayed()).isTrue();

        click("stop-all");
        browser.untilAsked();
        create(wanted);
        browser.until("it came meanwhile", it -> browser.text("#shown").equals("3 match"));
        assertThat(browser.text("#confirm-note"))
                .startsWith("Selected: repository Shop/Orders, agent claude, older than 6h.");
        browser.css("#confirm-reason").sendKeys("a <bad> \"prompt\"");
        confirm("Stop all 2 tasks that match?");
        untilBatchIsDone();
        browser.until("one is left", it -> browser.text("#shown").equals("1 matches"));
        assertThat(room.stopped()).isEqualTo(matching);

        browser.until("its end is written", it -> lastAuditLine().contains("\"ended\""));
        browser.click(By.cssSelector(".audit-link"));
        browser.until("the audit list is there", it -> browser.count(".audit") == 1);
        for (int newest : List.of(1, 2)) {
            assertThat(browser.text(".audit tbody tr:nth-child(" + newest + ")"))
                    .contains(
                            TestRoom.USER,
                            "repository Shop/Orders, agent claude, older than 6h",
                            "a <bad> \"prompt\"",
                            newest == 1 ? "done: 2 of 2 stopped" : "2 tasks");
        }
        assertThat(browser.text(".audit")).doesNotContainPattern("\\b1 tasks");
        assertThat(browser.violations()).isEmpty();
        browser.screenshot("audit");
        Object file = browser.await("fetch('/audit.jsonl').then(it => it.text()).then(arguments[0])");
        assertThat(String.valueOf(file)).isEqualTo(audit());
        assertThat(browser.css("a[download]").getDomAttribute("href")).isEqualTo("/audit.jsonl");
    }

    @Test
    void a_sweep_is_seen_with_what_it_stops() {
        openWith(2);
        browser.until("it is there", it -> browser.text("#sweeps h3").equals("forgotten"));
        assertThat(browser.text("#sweeps")).contains("Every 1 s: ", "withAgent=swept");
        String swept = create(NewTask.defaults().withAgent("swept", "any"));

        browser.until("its stop is counted", it -> browser.text("#sweeps").contains("1 stopped in "));
        assertThat(room.stopped()).containsExactly(swept);
        browser.until("the list has it no longer", it -> browser.text("#active").equals("2"));
    }

    private String create(NewTask task) {
        return room.server().createTask(TaskServerOptions.DEFAULT_USER, task, Lifecycle.staysIn(Status.PROCESSING));
    }

    @Test
    void an_address_that_cannot_be_understood_selects_nothing() {
        room.newTasks(3);
        browser.enter(room, "/?older=abc");

        browser.until("it is told", it -> browser.text("#empty").startsWith("The address asks for what there is not"));
        assertThat(browser.count("#rows tr")).isZero();
        assertThat(browser.css("#stop-all").isEnabled()).isFalse();
    }

    @Test
    void what_fails_needs_a_person_who_can_try_again_once_or_dismiss_it() {
        List<String> ids = openWith(20);
        Set<String> bad = Set.copyOf(ids.subList(0, 6));
        room.line.failing(path -> bad.stream().anyMatch(path::contains));
        room.line.forgetful(path -> path.contains(ids.get(10)));
        assertThat(browser.css("#needs-link").isDisplayed()).isFalse();

        click("stop-all");
        confirm("Stop all 20 active tasks?");
        untilBatchIsDone();
        assertThat(counted("failed")).isEqualTo(6);
        assertThat(browser.text(".batch .recovered")).contains("the answer for 1 was lost");
        assertThat(counted("stopped")
                        + counted("alreadyEnded")
                        + counted("notFound")
                        + counted("failed")
                        + counted("skipped"))
                .isEqualTo(20);
        assertThat(browser.text(".batch .phase")).isEqualTo("6 failed");
        assertThat(browser.count(".batch:first-child.done")).isZero();
        browser.until("each failure is listed", it -> browser.count("#failures li") == 6);
        assertThat(browser.text("#needs-link")).isEqualTo("6 need a person");
        assertThat(browser.script("return document.querySelector('.needs').getBoundingClientRect().top"
                        + " < document.getElementById('batches').getBoundingClientRect().top"))
                .isEqualTo(true);
        assertThat(browser.text("#failures li"))
                .contains("Describe the public methods", "example/repo", "The server failed (500)", "try again")
                .doesNotContain("/api/");

        room.line.leadTo(room.server().baseUrl());
        int first = room.bean(Batches.class).states().get(0).number();
        room.line.holdAfter(0);
        browser.script("const again = document.querySelector('#failures li button');"
                + "again.click(); again.disabled = false; again.click();");
        browser.until(
                "the second one is refused", it -> browser.text("#alert-text").startsWith("Nothing new"));
        room.line.release();
        browser.until("one is left less", it -> browser.count("#failures li") == 5);
        browser.click(By.cssSelector("#failures li button[id^=dismiss]"));
        browser.until("one is dismissed", it -> browser.count("#failures li") == 4);
        Set<String> worst = bad.stream()
                .filter(id -> browser.count("#failures li [data-task='" + id + "']") > 0)
                .limit(2)
                .collect(Collectors.toSet());
        room.line.failing(path -> worst.stream().anyMatch(path::contains));
        click("again-all");
        browser.until(
                "two fail again",
                it -> browser.count("#failures li") == 2 && browser.count(".batch.over") == browser.count(".batch"));
        click("dismiss-all");
        browser.until("all are dismissed", it -> browser.count("#failures li") == 0);
        assertThat(room.stopped()).hasSize(17);
        assertThat(room.bean(Batches.class).states().stream()
                        .filter(it -> it.number() > first && it.total() == 1)
                        .map(Batch.State::what))
                .filteredOn("Describe the public methods"::equals)
                .hasSize(1);
    }

    @Test
    void a_row_says_at_once_that_it_is_being_stopped_and_is_stopped_once() {
        List<String> ids = openWith(3);
        String id = ids.get(1);
        room.line.holdAfter(0);

        click("stop-" + id);
        browser.untilAsked();
        browser.agree();
        assertThat(browser.text("#stop-" + id)).startsWith("stopping…");
        assertThat(browser.is("#stop-" + id, "disabled")).isTrue();
        browser.until("the server says so", it -> browser.text("#running").contains("0 of 1"));
        assertThat(browser.text("#stop-" + id)).startsWith("stopping…");
        assertThat(browser.is("#pick-" + id, "disabled")).isTrue();
        assertThat(browser.post("/stops", "taskId=" + id)).isEqualTo(409L);

        room.line.release();
        browser.until("the row goes with its task", it -> browser.count("#stop-" + id) == 0);
        assertThat(room.ledger().of(id).stopRequests()).isEqualTo(1);
        untilBatchIsDone();
    }

    @Test
    void a_click_hits_although_the_list_comes_anew_while_the_button_is_down() {
        List<String> ids = openWith(3);
        By stop = By.id("stop-" + ids.get(1));

        browser.script("press.longest = 60000");
        new Actions(browser.driver).clickAndHold(browser.find(stop)).perform();
        browser.script("window.changes = 0; openStream();"
                + "stream.source.addEventListener('changes', () => { window.changes++; });");
        browser.until("it came", it -> !browser.script("return window.changes").equals(0L));
        new Actions(browser.driver).release().perform();

        confirm("Stop 1 task?");
        browser.until("it is stopped", it -> room.stopped().equals(Set.of(ids.get(1))));
    }

    @Test
    void an_answer_counts_although_the_list_comes_anew_while_it_is_asked() {
        List<String> ids = openWith(3);
        click("stop-" + ids.get(1));
        browser.untilAsked();
        browser.script("document.getElementById('stop-" + ids.get(1) + "').old = true; openStream();");
        browser.until(
                "it came",
                it -> browser.script("return !document.getElementById('stop-" + ids.get(1) + "').old")
                        .equals(true));

        confirm("Stop 1 task?");
        browser.until("it is stopped", it -> room.stopped().equals(Set.of(ids.get(1))));
    }

    @Test
    void a_batch_that_is_cancelled_from_afar_leaves_the_rest_running() {
        List<String> ids = openWith(100);
        room.line.holdAfter(3);

        click("stop-all");
        confirm("Stop all 100 active tasks?");
        browser.until("it has begun", it -> counted("stopped") == 3);
        browser.script("scrollTo(0, 2000)");
        WebElement cancel = browser.css("#running button");
        assertThat(browser.script(
                        "const box = arguments[0].getBoundingClientRect();"
                                + "return box.top >= 0 && box.bottom <= innerHeight",
                        cancel))
                .isEqualTo(true);
        room.releaseWhenCancelling();
        cancel.click();

        browser.until("it is cancelled", it -> browser.text(".batch .phase").equals("cancelled"));
        assertThat(counted("stopped"))
                .isLessThan(ids.size())
                .isEqualTo(room.stopped().size());
        assertThat(browser.text(".batch .rest")).startsWith(ids.size() - counted("stopped") + " tasks were not sent");
    }

    @Test
    void a_stop_without_the_csrf_token_is_refused() {
        openWith(3);

        Object status =
                browser.await("fetch('/stops/active', {method: 'POST'}).then(answer => arguments[0](answer.status))");

        assertThat(status).isEqualTo(403L);
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    @Test
    void ticks_and_focus_stay_while_the_list_changes_and_is_sorted() {
        List<String> ids = openWith(5);
        pick(ids.get(1));
        browser.script("document.getElementById('stop-" + ids.get(2) + "').focus()");

        room.server().createTasks(4, Lifecycle.staysIn(Status.SAVING));
        browser.until("new ones came", it -> browser.count("#rows tr") == 9);
        assertThat(browser.focused()).isEqualTo("stop-" + ids.get(2));
        assertThat(browser.text("#stop-selected")).contains("(1)");
        assertThat(browser.driver.getTitle()).isEqualTo("9 active · Control room");

        browser.click(By.cssSelector(".sort[data-sort=state]"));
        browser.until("they are sorted", it -> browser.count("#rows tr:nth-child(n+6) .saving") == 4);
        assertThat(browser.count("th[aria-sort]")).isEqualTo(1);
        assertThat(browser.is("#pick-" + ids.get(1), "checked")).isTrue();
        browser.css("#filter select").sendKeys("Processing");
        browser.until("the filter applies", it -> browser.count("#rows tr") == 5);
        assertThat(browser.is("#pick-" + ids.get(1), "checked")).isTrue();
    }

    @Test
    void the_keyboard_is_enough() {
        List<String> ids = openWith(3);

        tabTo(Keys.TAB, "pick-(?!all).*");
        String picked = browser.focused().substring("pick-".length());
        browser.press(Keys.SPACE);
        tabTo(Keys.chord(Keys.SHIFT, Keys.TAB), "stop-selected");
        browser.press(Keys.ENTER);
        assertThat(browser.text("#confirm-question")).isEqualTo("Stop 1 selected task?");
        tabTo(Keys.TAB, "confirm-yes");
        String newest = browser.text(".batch h3 .unseen");
        browser.press(Keys.ENTER);

        untilBatchBegins(newest);
        untilBatchIsDone();
        assertThat(ids).contains(picked);
        assertThat(room.stopped()).containsExactly(picked);
        assertThat(browser.focused()).isEqualTo("tasks-title");
    }

    private void tabTo(CharSequence tab, String id) {
        for (int i = 0; i < 40 && !browser.focused().matches(id); i++) {
            browser.press(tab);
        }
        assertThat(browser.focused()).matches(id);
    }

    @Test
    void a_phone_shows_the_tasks_first_fits_and_keeps_what_stops_all_away_from_the_thumb() {
        browser.resize(390, 844);
        openWith(100);
        room.line.holdAfter(3);
        click("stop-all");
        confirm("Stop all 100 active tasks?");
        browser.until("it has begun", it -> counted("stopped") == 3);

        assertThat(browser.script("return document.documentElement.scrollWidth <= innerWidth"))
                .isEqualTo(true);
        assertThat(browser.script("return [...document.querySelectorAll('button')].filter(it => it.checkVisibility())"
                        + ".filter(it => it.getBoundingClientRect().right > innerWidth).map(it => it.id)"))
                .isEqualTo(List.of());
        assertThat(browser.script("return [...document.querySelectorAll('button')].filter(it => it.checkVisibility())"
                        + ".filter(it => it.getBoundingClientRect().height < 44).map(it => it.id)"))
                .isEqualTo(List.of());
        assertThat(browser.script("const top = it => document.querySelector(it).getBoundingClientRect().top;"
                        + "return top('.tasks') < top('.side')"))
                .isEqualTo(true);
        assertThat(((Number)
                                browser.script(
                                        "const all = document.getElementById('stop-all').getBoundingClientRect();"
                                                + "return document.querySelector('#rows .act button').getBoundingClientRect().top - all.bottom"))
                        .doubleValue())
                .isGreaterThan(150);
        browser.script("scrollTo(0, 2000)");
        assertThat(browser.script("return document.getElementById('stop-all').getBoundingClientRect().bottom < 0"))
                .isEqualTo(true);
        room.releaseWhenCancelling();
        browser.click(By.cssSelector("#running button"));
        browser.until("it is cancelled", it -> browser.text(".batch .phase").equals("cancelled"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"quote\"d", "apo''strophe", "a.b:c,d", "<b>bold", "a&b=c#d%20"})
    void an_id_of_any_characters_breaks_nothing(String id) {
        stopOneWithId(id);

        browser.until("it is stopped", it -> browser.count("#rows tr") == 1);
        assertThat(room.stopped()).containsExactly(id);
    }

    @Test
    void an_id_that_cannot_be_sent_needs_a_person_who_is_told_why() {
        stopOneWithId("with space");

        browser.until("it is told", it -> browser.text("#failures li").contains("this cannot be the id of a task"));
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    private void stopOneWithId(String id) {
        dismissAll();
        room.newTasks(1);
        room.server().createTask(TaskServerOptions.DEFAULT_USER, id, Lifecycle.staysIn(Status.PROCESSING));
        browser.enter(room, "/");
        browser.until("both are shown", it -> browser.count("#rows tr") == 2);
        Object button = browser.script(
                "return [...document.querySelectorAll('#rows tr')]"
                        + ".find(row => row.querySelector('code').textContent === arguments[0])"
                        + ".querySelector('.act button').id",
                id);
        click(String.valueOf(button));
        confirm("Stop 1 task?");
    }

    @Test
    void a_task_has_a_page_with_its_details_and_its_log() {
        openWith(1);
        browser.click(By.cssSelector("#rows .prompt"));

        browser.until("its page is there", it -> browser.count(".facts") == 1);
        assertThat(browser.text(".facts")).contains("processing", "main", "blackbox");
        assertThat(browser.count("pre")).isEqualTo(1);
        assertThat(browser.violations()).isEmpty();
    }

    private String lastAuditLine() {
        return audit().strip().replaceFirst("(?s).*\n", "");
    }

    private String audit() {
        try {
            return Files.readString(room.audit);
        } catch (IOException e) {
            return "";
        }
    }
}

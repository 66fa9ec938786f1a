package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.Status;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

/** What a person sees of a page that is cut off, logged out, or one of many; pictures of each state are made here. */
@ExtendWith(Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "dev.taskstop.room.Browser#isInstalled", disabledReason = "There is no chromium or no chromedriver")
class LossTest {

    private final Browser browser;
    private final TestRoom room;

    private List<String> ids = List.of();

    LossTest(Browser browser, TestRoom room) {
        this.browser = browser;
        this.room = room;
    }

    @AfterAll
    void leave() {
        browser.leave();
    }

    @BeforeEach
    void open() {
        browser.resize(1280, 800);
        ids = room.newTasks(12);
        browser.enter(room, "/");
        browser.until("all are shown", it -> browser.text("#active").equals("12"));
    }

    @AfterEach
    void mend() {
        room.relay().mend();
        List<String> windows = new ArrayList<>(browser.driver.getWindowHandles());
        for (String window : windows.subList(1, windows.size())) {
            browser.driver.switchTo().window(window).close();
        }
        browser.driver.switchTo().window(windows.get(0));
    }

    private void untilLost() {
        browser.until("it is told", it -> browser.text("#link").equals("Not connected"));
    }

    private Object stopsThatWork() {
        return stopsThatWork("button");
    }

    /** Without those of failures, which other tests have left. */
    private Object stopsOfTasksThatWork() {
        return stopsThatWork("button:not(#failures button)");
    }

    private Object stopsThatWork(String selector) {
        return browser.script(
                "return [...document.querySelectorAll(arguments[0])].filter(it => !it.disabled && it.checkVisibility())"
                        + ".filter(it => /^(Stop|Cancel|Try)/.test(it.textContent.trim())).length",
                selector);
    }

    @Test
    void a_page_that_is_cut_off_says_so_stops_nothing_and_comes_back() {
        browser.script("window.notReloaded = true");
        room.relay().cut();

        untilLost();
        browser.until("its age grows", it -> browser.text("#as-of").matches("What you see is [2-9] s old\\."));
        assertThat(stopsThatWork()).isEqualTo(0L);
        assertThat(browser.driver.getTitle()).isEqualTo("Not connected · Control room");
        assertThat(browser.css("main").getCssValue("opacity")).isEqualTo("0.7");

        List<String> more = room.server().createTasks(1, Lifecycle.staysIn(Status.SAVING));
        room.relay().mend();
        browser.untilLive();
        browser.until("what changed meanwhile is shown", it -> browser.count("#stop-" + more.get(0)) == 1);
        assertThat(stopsOfTasksThatWork()).isEqualTo(14L);
        assertThat(browser.script("return window.notReloaded")).isEqualTo(true);
    }

    @Test
    void a_network_that_is_silent_is_taken_for_lost() {
        room.relay().stall();
        untilLost();
        assertThat(stopsThatWork()).isEqualTo(0L);

        room.relay().mend();
        browser.untilLive();
    }

    @Test
    void a_request_that_is_not_sent_or_not_answered_is_told() {
        browser.driver.executeCdpCommand("Network.enable", Map.of());
        browser.driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of("*/stops*", "*/plans*")));
        stopOne();
        browser.until("it is told", it -> browser.text("#alert-text").startsWith("The control room did not answer"));
        browser.untilLive();
        assertThat(browser.text("#stop-" + ids.get(0))).startsWith("Stop");
        browser.click(By.cssSelector("#alert-close"));
        browser.click(By.id("stop-all"));
        browser.until("it is told", it -> browser.text("#alert-text").endsWith("Nothing was stopped."));
        browser.driver.executeCdpCommand("Network.setBlockedURLs", Map.of("urls", List.of()));
        browser.click(By.cssSelector("#alert-close"));

        browser.script("htmx.config.timeout = 200");
        room.relay().stall();
        stopOne();
        browser.until("it is told", it -> browser.text("#alert-text").startsWith("The control room did not answer"));
        browser.until(
                "the row goes back", it -> !browser.text("#stop-" + ids.get(0)).startsWith("stopping"));
        room.relay().mend();
        assertThat(browser.script("return JSON.parse(document.querySelector('[name=htmx-config]').content).timeout"))
                .isEqualTo(10_000L);
    }

    @Test
    void a_yes_that_meets_a_loss_stops_nothing_and_is_told() {
        browser.click(By.id("stop-" + ids.get(0)));
        browser.untilAsked();
        browser.script("document.getElementById('confirm').close('yes'); lose();");

        browser.until("it is told", it -> browser.text("#alert-text").startsWith("The connection was lost meanwhile"));
        browser.untilLive();
        assertThat(browser.text("#stop-" + ids.get(0))).startsWith("Stop");
        assertThat(room.ledger().totals().patchRequests()).isZero();
    }

    private void stopOne() {
        browser.click(By.id("stop-" + ids.get(0)));
        browser.untilAsked();
        browser.agree();
    }

    @Test
    void every_answer_that_says_no_is_told() {
        for (int status : List.of(400, 404, 409, 500, 503)) {
            browser.script(
                    "const xhr = {status: arguments[0], responseText: arguments[0] === 500 ? '<html>' : 'No, because.'};"
                            + "document.getElementById('alert').hidden = true;"
                            + "htmx.trigger(document.body, 'htmx:responseError', {xhr});",
                    status);
            assertThat(browser.text("#alert-text")).isNotEmpty().doesNotContain("<");
            assertThat(browser.css("#alert").isDisplayed()).isTrue();
        }
    }

    @Test
    void after_a_restart_the_page_comes_to_the_login_and_back_to_the_same_view() {
        browser.open(room, "/?text=" + ids.get(3));
        browser.untilLive();
        room.relay().cut();
        room.restart();
        room.relay().mend();

        browser.until("the login is there", it -> browser.count("#username") == 1);
        assertThat(browser.text("main")).contains("Your session has ended");
        browser.fillIn();
        browser.until("the view is the same", it -> browser.text("#shown").equals("1 matches"));
    }

    @Test
    void a_log_out_ends_every_page_and_a_login_page_from_before_it_works() {
        String main = browser.driver.getWindowHandle();
        browser.driver.switchTo().newWindow(WindowType.TAB);
        browser.open(room, "/login");
        String login = browser.driver.getWindowHandle();
        browser.driver.switchTo().newWindow(WindowType.TAB);
        browser.open(room, "/");
        browser.untilLive();
        browser.click(By.cssSelector("header form button"));
        browser.until("it is logged out", it -> browser.text("main").contains("You are logged out"));
        browser.driver.switchTo().window(main);
        browser.until("the other page comes to the login", it -> browser.count("#username") == 1);
        browser.driver.switchTo().window(login);
        browser.driver.manage().deleteAllCookies();
        browser.fillIn();
        browser.untilLive();
        browser.until("no stream is left behind", it -> room.bean(Room.class).watchers() == 1);
    }

    /** What it shows is as old as it was hidden; in the end the rows that stay move under the mouse. */
    @Test
    void a_page_that_was_hidden_stops_nothing_until_it_is_up_to_date() {
        String main = browser.driver.getWindowHandle();
        String button = "stop-" + ids.get(5);
        browser.script("document.getElementById(arguments[0]).focus()", button);
        browser.driver.switchTo().newWindow(WindowType.TAB);
        browser.open(room, "/login");
        room.relay().stall();

        browser.driver.switchTo().window(main);
        assertThat(stopsThatWork()).isEqualTo(0L);

        room.relay().mend();
        browser.untilLive();
        assertThat(stopsOfTasksThatWork()).isEqualTo(13L);
        assertThat(browser.focused()).isEqualTo(button);
    }

    @Test
    void a_page_whose_list_does_not_come_stops_nothing() {
        browser.script("closeStream(); show('hidden', 'Paused')");
        browser.until("nobody watches", it -> room.bean(Room.class).watchers() == 0);
        room.line.holdLists();

        browser.script("resume()");
        browser.script("window.alive = 0; stream.source.addEventListener('alive', () => window.alive++)");
        browser.until(
                "the server is heard",
                it -> browser.script("return window.alive > 1").equals(true));
        assertThat(browser.text("#link")).isEqualTo("Connecting …");
        assertThat(stopsThatWork()).isEqualTo(0L);

        room.line.release();
        browser.untilLive();
        assertThat(stopsOfTasksThatWork()).isEqualTo(13L);
    }

    @Test
    void an_old_list_is_told_as_old_whatever_else_the_stream_brings() {
        browser.script("window.links = []; const link = document.getElementById('link');"
                + "new MutationObserver(() => links.push(link.textContent)).observe(link, {childList: true})");
        room.line.holdLists();
        browser.until("it is told", it -> browser.text("#link").matches("The list is \\d+ s old"));
        browser.script("window.links = []");
        for (String id : ids.subList(0, 3)) {
            browser.click(By.id("stop-" + id));
            browser.untilAsked();
            browser.agree();
            browser.until("its row goes", it -> browser.count("#stop-" + id) == 0);
        }
        browser.until(
                "it grows older",
                it -> browser.script("return links.length > 2").equals(true));
        assertThat(browser.script("return links.filter(it => !/^The list is \\d+ s old$/.test(it))"))
                .isEqualTo(List.of());

        room.line.release();
        browser.untilLive();
    }

    /** The rows are those of the filter before, and are about to move under the mouse. */
    @Test
    void a_page_whose_filter_was_changed_stops_nothing_until_its_list_has_come() {
        room.line.holdLists();
        browser.css("#filter input").sendKeys(ids.get(3));
        browser.until(
                "the filter applies",
                it -> String.valueOf(browser.driver.getCurrentUrl()).contains(ids.get(3)));
        assertThat(stopsThatWork()).isEqualTo(0L);
        assertThat(browser.text("#link")).isEqualTo("Connecting …");

        room.line.release();
        browser.until("one matches", it -> browser.text("#shown").equals("1 matches"));
        browser.untilLive();
        assertThat(browser.is("#stop-" + ids.get(3), "disabled")).isFalse();
    }

    @Test
    void a_log_out_that_does_not_come_about_leaves_a_page_that_says_so_and_goes_on() {
        browser.script("document.querySelector('form[action=\"/logout\"]')"
                + ".addEventListener('submit', event => event.preventDefault())");
        browser.click(By.cssSelector("header form button"));
        assertThat(browser.text("#link")).isEqualTo("Logging out …");
        assertThat(stopsThatWork()).isEqualTo(0L);

        browser.press(Keys.ESCAPE);
        browser.untilLive();

        browser.driver.manage().deleteCookieNamed("SESSION");
        browser.script("openStream()");
        browser.until("the session's end leads to the login", it -> browser.count("#username") == 1);
    }

    @Test
    void many_tabs_leave_connections_for_a_stop_in_each() {
        List<String> tabs = new ArrayList<>(Set.of(browser.driver.getWindowHandle()));
        for (int i = 0; i < 7; i++) {
            browser.driver.switchTo().newWindow(WindowType.TAB);
            browser.open(room, "/");
            browser.untilLive();
            tabs.add(browser.driver.getWindowHandle());
        }
        for (int i = 0; i < tabs.size(); i++) {
            String id = ids.get(i);
            browser.driver.switchTo().window(tabs.get(i));
            browser.untilLive();
            browser.click(By.id("stop-" + id));
            browser.untilAsked();
            assertThat(browser.text("#confirm-note")).contains(id);
            browser.agree();
            browser.until("it is stopped", it -> room.stopped().contains(id));
            browser.until("the page sees it", it -> browser.count("#stop-" + id) == 0);
        }
        assertThat(room.bean(Room.class).watchers()).isLessThanOrEqualTo(Streams.PER_SESSION);
    }

    /** The pictures are for the README, and for who changes the page to look at. */
    @Test
    void each_state_is_accessible_on_a_desk_on_a_phone_and_in_the_dark() {
        room.newDemoTasks();
        room.line.failing(path -> path.hashCode() % 12 == 0);
        room.line.holdAfter(60);
        browser.until("all are shown", it -> Integer.parseInt(browser.text("#active")) >= 240);
        browser.click(By.id("stop-all"));
        browser.untilAsked();
        look("asking");
        browser.find(By.id("confirm-number")).sendKeys(browser.text("#confirm-count"));
        browser.agree();
        browser.until("it is under way", it -> browser.text("#running").contains("60 of "));
        look("stopping");
        room.line.release();
        browser.until("failures are listed", it -> browser.count("#failures li") > 2);
        browser.until("it is done", it -> browser.count(".batch.over") == browser.count(".batch"));
        look("failures");
        room.relay().cut();
        untilLost();
        look("disconnected");
        room.relay().mend();
        browser.untilLive();
        browser.css("#filter input").sendKeys("nothing");
        browser.until("the filter is empty", it -> browser.text("#empty").startsWith("No active task matches"));
        look("nothing-matches");
        browser.click(By.cssSelector("header form button"));
        browser.until("the login page is there", it -> browser.count("#username") == 1);
        look("login");
    }

    private void look(String state) {
        for (boolean dark : List.of(false, true)) {
            browser.dark(dark);
            for (int width : List.of(1280, 390)) {
                browser.resize(width, width == 390 ? 844 : 800);
                browser.script("scrollTo(0, 0)");
                browser.screenshot(state + "-" + width + (dark ? "-dark" : ""));
                if (dark == (width == 390)) {
                    assertThat(browser.violations()).as(state + " " + width).isEmpty();
                }
            }
        }
        browser.dark(false);
        browser.resize(1280, 800);
    }
}

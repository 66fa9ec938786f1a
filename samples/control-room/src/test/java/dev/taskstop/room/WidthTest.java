package dev.taskstop.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.taskstop.server.Lifecycle;
import dev.taskstop.server.NewTask;
import dev.taskstop.server.Status;
import dev.taskstop.server.TaskServerOptions;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.extension.ExtendWith;
import org.openqa.selenium.By;

/** Texts of others have any length and no blanks: no page and no question gets wider than it is by one. */
@ExtendWith(Shared.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIf(value = "dev.taskstop.room.Browser#isInstalled", disabledReason = "There is no chromium or no chromedriver")
class WidthTest {

    private static final String LONG = "x".repeat(290);

    /** A desk, one at 200 %, a phone, and a desk at 400 %. */
    private static final List<Integer> WIDTHS = List.of(1280, 640, 390, 320);

    private final Browser browser;
    private final TestRoom room;

    WidthTest(Browser browser, TestRoom room) {
        this.browser = browser;
        this.room = room;
    }

    @AfterAll
    void leave() {
        browser.resize(1280, 800);
        browser.leave();
    }

    private void fits(String state) {
        for (int width : WIDTHS) {
            browser.resize(width, 800);
            assertThat(tooWide()).as(state + " at " + width).isEqualTo(List.of());
            browser.screenshot("width-" + state.replace(' ', '-') + "-" + width);
        }
        assertThat(browser.violations()).as(state).isEmpty();
        browser.resize(1280, 800);
    }

    /** What makes the page, or the question on it, wider than it is, and which buttons are out of sight. */
    private Object tooWide() {
        return browser.script("""
                const shown = selector => [...document.querySelectorAll(selector)].filter(it => it.checkVisibility());
                const beyond = (all, right) => all.filter(it => it.getBoundingClientRect().right > right + 1)
                    .map(it => `${it.tagName} ${it.id} ${it.className}`);
                const wide = shown(':root, dialog[open]').filter(it => it.scrollWidth > it.clientWidth);
                return [...beyond(shown('button'), innerWidth), ...wide.flatMap(it => ['in ' + it.tagName,
                    ...beyond([...it.querySelectorAll('*')], it.getBoundingClientRect().left + it.clientWidth)])];""");
    }

    @Test
    void no_text_makes_a_page_wider_than_it_is() {
        room.newTasks(0);
        NewTask task = NewTask.defaults()
                .withPrompt(LONG)
                .withRepository("https://github.com/" + LONG + "/" + LONG, LONG)
                .withAgent(LONG, LONG);
        for (int i = 0; i < 2; i++) {
            room.server().createTask(TaskServerOptions.DEFAULT_USER, task, Lifecycle.staysIn(Status.PROCESSING));
        }
        room.server().createTask(TaskServerOptions.DEFAULT_USER, "i" + LONG, Lifecycle.staysIn(Status.PROCESSING));
        browser.enter(room, "/");
        browser.until("all are shown", it -> browser.text("#shown").equals("3 active"));
        fits("tasks");

        room.line.failing(path -> true);
        room.line.holdAfter(0);
        browser.css("#filter [name=text]").sendKeys(LONG);
        browser.until("all match", it -> browser.text("#shown").equals("3 match"));
        browser.untilLive();
        browser.click(By.id("stop-all"));
        browser.untilAsked();
        fits("asking");
        browser.css("#confirm-reason").sendKeys(LONG);
        browser.agree();
        browser.until("it is under way", it -> browser.count("#running progress") == 1);
        fits("stopping");
        room.line.release();
        browser.until("failures are listed", it -> browser.count("#failures li") >= 3);
        fits("failures");

        browser.css("#filter [name=text]").sendKeys("y");
        browser.until("none matches", it -> browser.text("#empty").startsWith("No active task matches"));
        fits("nothing matches");
        browser.open(room, "/?agent=" + LONG + "&agent=" + LONG + "&" + LONG + "=1");
        browser.until("it is told", it -> browser.text("#empty").startsWith("The address asks"));
        fits("an odd address");
        browser.script("warn(arguments[0])", LONG);
        fits("a warning");

        browser.open(room, "/audit");
        fits("audit");
        browser.open(room, "/task?id=i" + LONG);
        fits("task");
        browser.open(room, "/task?id=" + LONG);
        fits("no such task");
    }
}

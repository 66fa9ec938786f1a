package dev.taskstop.room;

import com.deque.html.axecore.selenium.AxeBuilder;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.openqa.selenium.By;
import org.openqa.selenium.ElementClickInterceptedException;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium without a screen. */
final class Browser implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(90);
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");

    final ChromeDriver driver;

    private Browser(File chromium, File driver) {
        ChromeOptions options = new ChromeOptions()
                .setBinary(chromium)
                .addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu");
        this.driver = new ChromeDriver(
                new ChromeDriverService.Builder().usingDriverExecutable(driver).build(), options);
        this.driver.manage().timeouts().pageLoadTimeout(LIMIT).scriptTimeout(LIMIT);
    }

    /** Whether there is one. */
    static boolean isInstalled() {
        return find("chromium").isPresent() && find("chromedriver").isPresent();
    }

    static Browser start() {
        return new Browser(find("chromium").orElseThrow(), find("chromedriver").orElseThrow());
    }

    private static Optional<File> find(String program) {
        String path = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Stream.concat(Stream.of("/usr/bin"), Stream.of(path.split(File.pathSeparator)))
                .map(directory -> new File(directory, program))
                .filter(File::canExecute)
                .findFirst();
    }

    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", width < 500));
    }

    void dark(boolean dark) {
        Object feature = Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light");
        driver.executeCdpCommand("Emulation.setEmulatedMedia", Map.of("features", List.of(feature)));
    }

    /** Opens a page, and logs in where nobody is. */
    void enter(TestRoom room, String path) {
        open(room, path);
        if (count("#username") > 0) {
            fillIn();
        }
    }

    /** Leaves the page, so that nobody watches it. */
    void leave() {
        driver.get("about:blank");
    }

    /** Takes the login page that is shown, however old. */
    void fillIn() {
        driver.findElement(By.id("username")).sendKeys(TestRoom.USER);
        driver.findElement(By.id("password")).sendKeys(TestRoom.PASSWORD, Keys.ENTER);
    }

    void untilLive() {
        until(
                "the page is live",
                it -> text("#link").equals("Live") && !text("#shown").startsWith("Reading"));
    }

    void open(TestRoom room, String path) {
        driver.get(room.url() + path);
    }

    /** What the server answers to a form that the page itself could have sent. */
    Object post(String path, String form) {
        return await(
                "fetch(arguments[0], {method: 'POST', body: new URLSearchParams(arguments[1]),"
                        + " headers: {[document.body.dataset.csrfHeader]: document.body.dataset.csrfToken}})"
                        + ".then(answer => arguments[2](answer.status))",
                path,
                form);
    }

    /** Runs a script that calls its last argument with the result. */
    Object await(String script, Object... arguments) {
        Object result = driver.executeAsyncScript(script, arguments);
        return result == null ? "" : result;
    }

    /** What an accessibility checker finds; of what is made alike the first ones will do, which have every state. */
    List<String> violations() {
        return new AxeBuilder()
                        .exclude("#rows tr:nth-child(n+13)")
                        .exclude("#failures li:nth-child(n+5)")
                        .analyze(driver)
                        .getViolations()
                        .stream()
                        .map(rule -> rule.getId() + ": " + rule.getNodes())
                        .toList();
    }

    /** Clicks on what is there; where it was replaced at this moment nothing was clicked, and it is looked for again. */
    void click(By by) {
        until("it can be clicked: " + by, it -> {
            try {
                find(by).click();
                return true;
            } catch (StaleElementReferenceException e) {
                return false;
            } catch (ElementClickInterceptedException e) {
                // It is under what stays in view: a person scrolls it into the middle.
                script("arguments[0].scrollIntoView({block: 'center'})", find(by));
                return false;
            }
        });
    }

    void untilAsked() {
        until("it is asked", it -> css("#confirm-yes").isDisplayed());
    }

    /** Says yes to what is asked. While the page is cut off its button is disabled, and so a person clicks once more. */
    void agree() {
        until("it is agreed", it -> {
            if (is("#confirm", "open")) {
                css("#confirm-yes").click();
            }
            return !is("#confirm", "open");
        });
    }

    WebElement find(By by) {
        return driver.findElement(by);
    }

    WebElement css(String selector) {
        return find(By.cssSelector(selector));
    }

    int count(String selector) {
        return driver.findElements(By.cssSelector(selector)).size();
    }

    /** Read in one step, since what is on the page may be replaced between two. */
    String text(String selector) {
        Object text = script("return document.querySelector(arguments[0])?.textContent.trim() ?? ''", selector);
        return String.valueOf(text);
    }

    /** The same of a property, such as {@code disabled}; false where there is no such element. */
    boolean is(String selector, String property) {
        return Boolean.TRUE.equals(
                script("return document.querySelector(arguments[0])?.[arguments[1]]", selector, property));
    }

    Object script(String script, Object... arguments) {
        Object result = driver.executeScript(script, arguments);
        return result == null ? "" : result;
    }

    String focused() {
        return String.valueOf(script("return document.activeElement.id"));
    }

    void press(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    void until(String what, Function<WebDriver, Boolean> condition) {
        new WebDriverWait(driver, LIMIT, Duration.ofMillis(50))
                .withMessage(what)
                .until(condition);
    }

    /** For who wants to see what the test saw. */
    void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        driver.quit();
    }
}

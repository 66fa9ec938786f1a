package dev.taskstop.room;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebDriver;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.support.ui.WebDriverWait;

/** A Chromium without a screen. */
final class Browser implements AutoCloseable {

    private static final Duration LIMIT = Duration.ofSeconds(30);
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

    /** Skips the tests where there is no Chromium. */
    static Browser start() {
        Optional<File> chromium = find("chromium");
        Optional<File> driver = find("chromedriver");
        Assumptions.assumeTrue(
                chromium.isPresent() && driver.isPresent(),
                "There is no chromium or no chromedriver on the PATH: the page is not tested in a browser");
        return new Browser(chromium.orElseThrow(), driver.orElseThrow());
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

    void logIn(TestRoom room) {
        driver.get(room.url());
        driver.findElement(By.id("username")).sendKeys(TestRoom.USER);
        driver.findElement(By.id("password")).sendKeys(TestRoom.PASSWORD, Keys.ENTER);
        until(
                "the page is live",
                it -> text("#link").equals("Live") && !text("#shown").startsWith("Reading"));
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

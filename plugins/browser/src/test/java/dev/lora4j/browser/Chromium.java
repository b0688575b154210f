package dev.lora4j.browser;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The system's own Chromium without a window. */
final class Chromium implements AutoCloseable {
  private static final List<String> PLACES =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  private final Playwright playwright;
  private final Browser browser;

  private Chromium(Playwright playwright, Browser browser) {
    this.playwright = playwright;
    this.browser = browser;
  }

  /** Starts it with more options of its command line. */
  static Chromium start(String... options) {
    List<String> all = new ArrayList<>(List.of("--no-sandbox", "--force-prefers-reduced-motion"));
    all.addAll(List.of(options));
    Playwright playwright = Playwright.create();
    try {
      Browser browser =
          playwright
              .chromium()
              .launch(new BrowserType.LaunchOptions().setExecutablePath(executable()).setArgs(all));
      return new Chromium(playwright, browser);
    } catch (RuntimeException e) {
      playwright.close();
      throw e;
    }
  }

  private static Path executable() {
    String named = System.getProperty("chromium", "");
    return (named.isEmpty() ? PLACES : List.of(named))
        .stream()
            .map(Path::of)
            .filter(Files::isExecutable)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "There is no Chromium in "
                            + PLACES
                            + ". Install one (Debian: apt-get install chromium), or name it by"
                            + " -Dchromium=PATH."));
  }

  /** A window of a new user. */
  Page page(int width, int height, ColorScheme scheme) {
    BrowserContext user =
        browser.newContext(
            new Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setAcceptDownloads(true));
    return user.newPage();
  }

  /** A wide, light window of a new user. */
  Page page() {
    return page(1280, 900, ColorScheme.LIGHT);
  }

  /** Errors of a page's scripts, and what the browser refuses it, from now on. */
  static List<String> errors(Page page) {
    List<String> errors = new ArrayList<>();
    page.onPageError(errors::add);
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            errors.add(message.text());
          }
        });
    return errors;
  }

  @Override
  public void close() {
    browser.close();
    playwright.close();
  }
}

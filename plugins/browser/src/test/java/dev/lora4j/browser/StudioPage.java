package dev.lora4j.browser;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import com.microsoft.playwright.options.ColorScheme;
import java.util.List;
import java.util.Locale;

/** The studio in a browser's window, by what a person sees of it. */
final class StudioPage {
  private static final double PATIENCE_MILLIS = 600_000;
  private static final double POLL_MILLIS = 200;

  private final Page page;

  private StudioPage(Page page) {
    this.page = page;
    page.setDefaultTimeout(PATIENCE_MILLIS);
  }

  /** Opens the address that a studio printed. */
  static StudioPage open(Chromium chromium, StudioProcess studio) {
    return open(chromium, studio, 1280, 900, ColorScheme.LIGHT);
  }

  /** Opens it in a window of some size and theme. */
  static StudioPage open(
      Chromium chromium, StudioProcess studio, int width, int height, ColorScheme scheme) {
    StudioPage opened = new StudioPage(chromium.page(width, height, scheme));
    opened.page.navigate(studio.address());
    opened.page.waitForSelector("h1");
    return opened;
  }

  Page page() {
    return page;
  }

  /** Shows one of its pages by the address. */
  StudioPage show(String name) {
    page.evaluate("name => { location.hash = '#/' + name; }", name);
    page.waitForSelector(
        "h1:has-text('" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1) + "')");
    return this;
  }

  Locator button(String name) {
    return page.getByRole(
        AriaRole.BUTTON, new Page.GetByRoleOptions().setName(name).setExact(true));
  }

  Locator field(String label) {
    return page.getByLabel(label, new Page.GetByLabelOptions().setExact(true))
        .and(page.locator("input, textarea, select"))
        .first();
  }

  Locator text(String text) {
    return page.getByText(text).first();
  }

  /** Asks the server as the page does. */
  String get(String path) {
    return (String) page.evaluate("async path => (await fetch(path)).text()", path);
  }

  /** Sends JSON as the page does. */
  String post(String path, String json) {
    return (String)
        page.evaluate(
            "async ([path, json]) => (await fetch(path, {method: 'POST', headers: {'content-type':"
                + " 'application/json'}, body: json})).text()",
            List.of(path, json));
  }

  /**
   * Waits until a script on the page gives true. Playwright's own way of waiting evaluates text in
   * the page, which its policy forbids.
   */
  void until(String script) {
    long end = System.nanoTime() + (long) (PATIENCE_MILLIS * 1e6);
    while (!Boolean.TRUE.equals(page.evaluate(script))) {
      if (System.nanoTime() > end) {
        throw new AssertionError(
            "It did not come true: " + script + "\non the page\n" + page.innerText("body"));
      }
      page.waitForTimeout(POLL_MILLIS);
    }
  }
}

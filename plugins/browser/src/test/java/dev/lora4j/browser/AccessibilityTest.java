package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.options.ColorScheme;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pages for people who see little, use no mouse, or have a small screen. */
@TestInstance(Lifecycle.PER_CLASS)
class AccessibilityTest {
  private static final List<String> PAGES =
      List.of("library", "blend", "train", "runs", "grid", "evaluate", "texts");

  private StudioProcess studio;
  private Chromium chromium;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    Path pictures = folder.resolve("studio/pictures/ink");
    Files.createDirectories(pictures);
    for (Path picture : InkPictures.some(4)) {
      Files.copy(picture, pictures.resolve(picture.getFileName()));
    }
    studio = StudioProcess.start(folder);
    chromium = Chromium.start();
    StudioPage user = StudioPage.open(chromium, studio);
    // Something on every page: a run, a set, a blend.
    user.post(
        "/studio/actions/train",
        "{\"images\": \"ink\", \"output\": \"drawn\", \"steps\": 10, \"settings\":"
            + " {\"previews.prompts\": \"[]\"}}");
    user.until(
        "async () => (await (await fetch('/studio/jobs')).json()).jobs.every(j => j.state =="
            + " 'done')");
  }

  @AfterAll
  void close() throws Exception {
    if (chromium != null) {
      chromium.close();
    }
    if (studio != null) {
      studio.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"1280, LIGHT", "1280, DARK", "320, LIGHT", "320, DARK"})
  void axeFindsNothingSerious(int width, ColorScheme scheme) throws Exception {
    StudioPage user = StudioPage.open(chromium, studio, width, 800, scheme);
    List<String> found = new ArrayList<>();
    for (String page : PAGES) {
      user.show(page);
      user.page().waitForTimeout(500);
      Axe.serious(user.page()).forEach(one -> found.add(page + ": " + one));
    }
    assertEquals(List.of(), found);
  }

  @ParameterizedTest
  @CsvSource({"320", "768"})
  void nothingIsWiderThanTheScreen(int width) {
    StudioPage user = StudioPage.open(chromium, studio, width, 800, ColorScheme.LIGHT);
    for (String page : PAGES) {
      user.show(page);
      user.page().waitForTimeout(300);
      int wide = (int) user.page().evaluate("document.documentElement.scrollWidth");
      assertTrue(wide <= width, page + " is " + wide + " wide on a screen of " + width);
    }
  }

  @Test
  void blendCanBeMadeByTheKeyboardAlone() {
    StudioPage user = StudioPage.open(chromium, studio).show("blend");
    tabTo(user, "Add an adapter");
    user.page().keyboard().press("Enter");
    tabTo(user, "glossy");
    user.page().keyboard().press("Enter");
    user.page().keyboard().press("Escape");
    tabTo(user, "Weight of glossy");
    String before = user.page().getByLabel("Weight of glossy, number").inputValue();
    user.page().keyboard().press("ArrowRight");
    user.page().keyboard().press("ArrowRight");
    String after = user.page().getByLabel("Weight of glossy, number").inputValue();
    assertTrue(Double.parseDouble(after) > Double.parseDouble(before), before + " " + after);
  }

  /** Presses Tab until an element that has a text or label is in focus, as a person would. */
  private static void tabTo(StudioPage user, String label) {
    for (int i = 0; i < 120; i++) {
      user.page().keyboard().press("Tab");
      String name =
          (String)
              user.page()
                  .evaluate(
                      "() => { const e = document.activeElement; return (e.getAttribute('aria-label')"
                          + " || (e.labels && e.labels[0] && e.labels[0].innerText) || e.innerText ||"
                          + " '').trim(); }");
      if (name.startsWith(label)) {
        return;
      }
    }
    throw new AssertionError("No element '" + label + "' can be reached by Tab.");
  }
}

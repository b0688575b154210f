package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A grid of an adapter's weights, and its scores. */
class GridTest {
  private static final String LOADED =
      "() => { const all = [...document.querySelectorAll('article.result details[open] img,"
          + " article.result .sheets img')]; return all.length > 0 && all.every(img =>"
          + " img.complete && img.naturalWidth > 0); }";

  @Test
  void gridsAndScoresAreShown(@TempDir Path folder) throws Exception {
    try (StudioProcess studio = StudioProcess.start(folder);
        Chromium chromium = Chromium.start()) {
      StudioPage user = StudioPage.open(chromium, studio).show("grid");
      user.field("Prompt").fill("a fox");
      user.button("Add").click();
      user.page().locator(".picks button:has-text('glossy')").click();
      user.button("Done").click();
      user.text("Negative prompt, base, sampling").click();
      user.field("Steps").fill("2");
      user.page().getByLabel("Values").nth(0).fill("0,1");
      user.page().getByLabel("Values").nth(1).fill("1-2");
      user.button("Make 4 pictures").click();

      Locator grid = user.page().locator("article.result");
      grid.locator(".sheets img").waitFor();
      grid.locator("summary:has-text('Single pictures')").click();
      user.until(LOADED);
      assertEquals(1, grid.locator(".sheets img").count());
      assertEquals(4, grid.locator(".singles img").count());

      user.field("Prompt").fill("something else");
      user.button("Take its settings").click();
      assertEquals("a fox", user.field("Prompt").inputValue());
      assertEquals("0,1", user.page().getByLabel("Values").nth(0).inputValue());

      user.show("evaluate");
      user.button("Choose one").click();
      user.page().locator(".picks button:has-text('glossy')").click();
      user.field("The style that it should have").selectOption("glossy");
      user.text("More settings").click();
      user.field("Concepts").fill("2");
      user.field("Pictures of each").fill("1");
      user.field("Steps").fill("2");
      user.button("Evaluate").click();

      Locator scores = user.page().locator("article.result");
      scores.locator("h3:has-text('targets reached')").waitFor();
      assertTrue(scores.innerText().contains("glossy at 1, as glossy"), scores.innerText());
      assertEquals(3, scores.locator(".score-bars > li").count());
      scores.locator("summary:has-text('All numbers')").click();
      assertTrue(scores.locator("td:has-text('the truth itself')").first().isVisible());
      scores.locator("summary:has-text('side by side')").click();
      user.until(LOADED);
    }
  }
}

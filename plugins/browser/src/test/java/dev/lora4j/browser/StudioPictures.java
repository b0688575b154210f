package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The pictures of {@code docs/studio.md}, made anew when the page looks otherwise. As its name does
 * not end as a test's, only who asks for it by {@code -Dtest=StudioPictures} runs it; it needs
 * pngquant and some minutes. What it trains stays in {@code target/studio-pictures} for the next
 * time.
 */
class StudioPictures {
  private static final Path TARGET = Path.of("../../docs/studio");
  private static final Path FOLDER = Path.of("target/studio-pictures");
  private static final Path NOVEL =
      Path.of("../tiny-lm/src/main/resources/dev/lora4j/tinylm/files/novel");
  private static final int COLOURS = 96;
  private static final long MOST_BYTES = 60_000;
  private static final int WIDTH = 1280;
  private static final int HEIGHT = 860;

  private static final String IDLE =
      "async () => (await (await fetch('/studio/jobs')).json()).jobs.every(j => j.state =="
          + " 'done')";
  private static final String READ =
      "async () => (await (await fetch('/studio/library')).json()).adapters.every(a =>"
          + " !a.pending)";
  private static final String FULL =
      "() => /^All steps/.test(document.querySelector('.preview-status p')?.innerText.trim() ?? '')"
          + " && !document.querySelector('.picture.busy')";
  private static final String LOADED =
      "() => [...document.images].filter(img => img.checkVisibility() &&"
          + " img.getBoundingClientRect().top < innerHeight).every(img => img.complete &&"
          + " img.naturalWidth > 0)";

  @Test
  void draw() throws Exception {
    removeJobs();
    Path set = FOLDER.resolve("studio/pictures/ink");
    for (Path picture : InkPictures.some(40)) {
      String caption = picture.getFileName().toString().replace(".png", ".txt");
      copy(picture, set);
      copy(picture.resolveSibling(caption), set);
    }
    try (var chapters = Files.list(NOVEL)) {
      for (Path chapter : chapters.toList()) {
        copy(chapter, FOLDER.resolve("novel"));
      }
    }
    Files.createDirectories(TARGET);
    try (StudioProcess studio = StudioProcess.start(FOLDER);
        Chromium chromium = Chromium.start()) {
      StudioPage user = StudioPage.open(chromium, studio, WIDTH, HEIGHT, ColorScheme.LIGHT);
      prepare(user);
      library(user);
      blend(user);
      train(user);
      runs(user);
      grid(user);
      evaluate(user);
      texts(user);
    }
  }

  /** Grids and scores of an earlier time would be shown too. */
  private static void removeJobs() throws IOException {
    Path jobs = FOLDER.resolve("studio/jobs");
    if (Files.exists(jobs)) {
      try (var all = Files.walk(jobs)) {
        for (Path file : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
        }
      }
    }
  }

  private static void copy(Path file, Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.copy(file, folder.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
  }

  /** The adapters that are not there yet. */
  private static void prepare(StudioPage user) {
    make(
        user,
        "train",
        "ink",
        "{'images': 'ink', 'output': 'ink', 'steps': 200, 'validation': 0.1, 'previews': ['a fox',"
            + " 'a house'], 'settings': {'validation.every': '20', 'previews.every': '50'}}");
    make(user, "text-train", "whale", "{'data': 'novel', 'output': 'whale', 'steps': 100}");
    user.until(IDLE);
    make(
        user,
        "merge",
        "soft-ink",
        "{'output': 'soft-ink', 'adapters': [{'name': 'glossy', 'weight': 0.5}, {'name': 'ink',"
            + " 'weight': 0.5}]}");
    user.until(IDLE);
    for (String name : List.of("glossy", "ink", "soft-ink")) {
      user.post(
          "/studio/library/preview",
          "{\"name\": \"" + name + "\", \"prompt\": \"a fox\", \"seed\": 1}");
    }
    user.until(READ);
  }

  private static void make(StudioPage user, String action, String name, String request) {
    try (var all = Files.list(FOLDER.resolve("adapters"))) {
      if (all.anyMatch(file -> file.getFileName().toString().matches(name + "(\\.safetensors)?"))) {
        return;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String answer = user.post("/studio/actions/" + action, request.replace('\'', '"'));
    assertTrue(answer.contains("\"job\""), answer);
  }

  private static void open(StudioPage user, String place) {
    user.page().evaluate("place => { location.hash = '#/' + place; }", place);
  }

  private static void library(StudioPage user) throws Exception {
    user.show("library");
    open(user, "library?adapter=ink");
    take(user, "library");
  }

  private static void blend(StudioPage user) throws Exception {
    user.show("blend");
    user.field("Prompt").fill("a fox");
    user.button("Add an adapter").click();
    user.page().locator(".picks button:has-text('glossy')").click();
    user.page().locator(".picks button:has(strong:text-is('ink'))").click();
    user.button("Done").click();
    user.page().getByLabel("Weight of glossy, number").fill("1");
    user.page().getByLabel("Weight of ink, number").fill("0.35");
    user.until(FULL);
    take(user, "blend");
  }

  private static void train(StudioPage user) throws Exception {
    user.show("train");
    open(user, "train?set=ink&output=ink-2");
    user.field("Steps").fill("300");
    user.button("Look").click();
    user.text("Look again").waitFor();
    take(user, "train");
  }

  private static void runs(StudioPage user) throws Exception {
    user.show("runs");
    open(user, "runs?tab=runs&run=ink");
    take(user, "runs");
  }

  private static void grid(StudioPage user) throws Exception {
    user.show("grid");
    user.field("Prompt").fill("a fox");
    user.button("Add").click();
    user.page().locator(".picks button:has(strong:text-is('ink'))").click();
    user.button("Done").click();
    user.page().getByLabel("Values").nth(0).fill("0,0.5,1");
    user.page().getByLabel("Values").nth(1).fill("1-3");
    user.button("Make 9 pictures").click();
    user.page().locator("article.result .sheets img").waitFor();
    take(user, "grid");
  }

  private static void evaluate(StudioPage user) throws Exception {
    user.show("evaluate");
    user.button("Choose one").click();
    user.page().locator(".picks button:has(strong:text-is('ink'))").click();
    user.field("The style that it should have").selectOption("ink");
    user.text("More settings").click();
    user.field("Concepts").fill("20");
    user.button("Evaluate").click();
    user.page().locator("article.result h3:has-text('targets reached')").waitFor();
    take(user, "evaluate");
  }

  private static void texts(StudioPage user) throws Exception {
    user.page()
        .evaluate(
            "() => localStorage.setItem('lora4j.texts', JSON.stringify({model: 'tiny-lm', mode:"
                + " 'completion', system: '', sides: [[], [{name: 'whale', weight: 1}]], sampling:"
                + " {temperature: 0.5, maxTokens: 60, topP: 1, topK: 0, minP: 0.05,"
                + " repetitionPenalty: 1.1, seed: 3, stop: ''}}))");
    user.page().reload();
    user.show("texts");
    user.field("Text").fill("The old whale");
    user.button("Go on").click();
    user.button("Go on").waitFor();
    take(user, "texts");
  }

  /** Takes the window's picture when nothing moves in it, in few colours. */
  private static void take(StudioPage user, String name) throws Exception {
    Page page = user.page();
    page.waitForTimeout(1000);
    user.until(LOADED);
    while (page.locator(".toast button").count() > 0) {
      page.locator(".toast button").first().click();
    }
    page.mouse().move(0, 0);
    page.evaluate("() => { document.activeElement?.blur(); scrollTo(0, 0); }");
    page.waitForTimeout(300);
    Path raw = Files.createTempFile(name, ".png");
    page.screenshot(new Page.ScreenshotOptions().setPath(raw));
    Path file = TARGET.resolve(name + ".png");
    Process process =
        new ProcessBuilder(
                "pngquant",
                "--force",
                "--strip",
                "--nofs",
                "--speed=1",
                "--output",
                file.toString(),
                Integer.toString(COLOURS),
                raw.toString())
            .inheritIO()
            .start();
    assertEquals(0, process.waitFor(), "pngquant");
    Files.delete(raw);
    assertTrue(Files.size(file) < MOST_BYTES, file + " has " + Files.size(file) + " bytes");
  }
}

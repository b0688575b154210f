package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Download;
import dev.lora4j.cli.Main;
import dev.lora4j.cli.model.BundledModel;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two adapters, their sliders, and the picture. */
class BlendTest {
  private static final String FULL =
      "() => /^All steps, [0-9.]+ s\\.$/.test(document.querySelector('.preview-status"
          + " p')?.innerText.trim() ?? '')";
  private static final String SHOWN =
      "() => { const img = document.querySelector('.stage-pictures img'); const canvas ="
          + " document.createElement('canvas'); canvas.width = img.naturalWidth; canvas.height ="
          + " img.naturalHeight; canvas.getContext('2d').drawImage(img, 0, 0); return"
          + " canvas.toDataURL(); }";

  @Test
  void slidersChangeThePictureAndRecipesBringItBack(@TempDir Path folder) throws Exception {
    Path second = folder.resolve("adapters/faint.safetensors");
    Files.createDirectories(second.getParent());
    int code =
        Main.run(
            System.out,
            System.err,
            "merge",
            BundledModel.adapter() + ":-0.4",
            "-o",
            second.toString());
    assertEquals(0, code);
    try (StudioProcess studio = StudioProcess.start(folder);
        Chromium chromium = Chromium.start()) {
      StudioPage user = StudioPage.open(chromium, studio).show("blend");
      user.field("Prompt").fill("a fox");
      user.until(FULL);
      final String plain = shown(user);

      user.button("Add an adapter").click();
      user.page().locator(".picks button:has-text('glossy')").click();
      user.page().locator(".picks button:has-text('faint')").click();
      user.button("Done").click();
      user.until(FULL);
      final String both = shown(user);
      assertNotEquals(plain, both);

      user.page().getByLabel("Weight of glossy, number").fill("0.35");
      user.until(FULL);
      final String moved = shown(user);
      assertNotEquals(both, moved);

      user.field("Name of the recipe").fill("soft");
      user.button("Save as a recipe").click();
      user.button("Load").waitFor();
      assertTrue(Files.exists(folder.resolve("studio/recipes/soft.json")));

      Download download = user.page().waitForDownload(() -> user.text("Download PNG").click());
      Path picture = folder.resolve("fox.png");
      download.saveAs(picture);

      user.page().reload();
      user.until(FULL);
      assertEquals(moved, shown(user), "the same blend after a reload");

      user.page().getByLabel("Weight of glossy, number").fill("1.2");
      user.until(FULL);
      assertNotEquals(moved, shown(user));
      user.button("Load").click();
      user.until(FULL);
      assertEquals(moved, shown(user), "the recipe's picture");

      int again =
          Main.run(
              System.out,
              System.err,
              "generate",
              "--from",
              picture.toString(),
              "--lora-dir",
              second.getParent().toString(),
              "-o",
              folder.resolve("again.png").toString());
      assertTrue(again == 0 || again == 1, "a picture of the page says how it was made");
    }
  }

  private static String shown(StudioPage user) {
    return (String) user.page().evaluate(SHOWN);
  }
}

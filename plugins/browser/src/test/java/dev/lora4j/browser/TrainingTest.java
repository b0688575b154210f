package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.AriaRole;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From dropped pictures to an adapter, by hand. */
class TrainingTest {
  private static final Page.GetByRoleOptions CAPTION =
      new Page.GetByRoleOptions().setName(Pattern.compile("^Caption of .*"));

  @Test
  void picturesBecomeAnAdapter(@TempDir Path folder) throws Exception {
    try (StudioProcess studio = StudioProcess.start(folder);
        Chromium chromium = Chromium.start()) {
      StudioPage user = StudioPage.open(chromium, studio).show("train");
      user.field("Name of the new set").fill("drawings");
      user.button("Create the set").click();
      user.page()
          .locator("input[type=file]")
          .first()
          .setInputFiles(InkPictures.some(6).toArray(Path[]::new));
      user.page().getByRole(AriaRole.TEXTBOX, CAPTION).nth(5).waitFor();
      Locator caption = user.page().getByRole(AriaRole.TEXTBOX, CAPTION).first();
      caption.fill("an ink drawing");
      caption.blur();

      user.field("Name of the adapter").fill("drawn");
      user.field("Steps").fill("20");
      user.button("Look").click();
      user.text("Look again").waitFor();
      user.button("Start training").click();

      user.page().waitForURL("**/#/runs*");
      user.until(
          "async () => (await (await fetch('/studio/jobs')).json()).jobs.some(j => j.adapter =="
              + " 'drawn' && j.state == 'done')");
      assertTrue(Files.exists(folder.resolve("adapters/drawn.safetensors")));
      assertTrue(Files.exists(folder.resolve("adapters/drawn.run/log.csv")));
      assertEquals(
          "an ink drawing",
          Files.readString(caption(folder.resolve("studio/pictures/drawings"))).strip());

      user.show("library");
      user.text("drawn").waitFor();
    }
  }

  private static Path caption(Path set) throws Exception {
    try (var files = Files.list(set)) {
      return files
          .filter(file -> file.toString().endsWith(".txt"))
          .sorted()
          .findFirst()
          .orElseThrow();
    }
  }
}

package dev.lora4j.browser;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings in a queue whose studio is killed. */
class QueueTest {
  private static final String STATES =
      "async () => (await (await fetch('/studio/jobs')).json()).jobs.map(j => j.adapter + ' ' +"
          + " j.state).sort().join()";

  @Test
  void queueSurvivesKill(@TempDir Path folder) throws Exception {
    Path pictures = folder.resolve("studio/pictures/ink");
    Files.createDirectories(pictures);
    for (Path picture : InkPictures.some(6)) {
      Files.copy(picture, pictures.resolve(picture.getFileName()));
    }
    try (Chromium chromium = Chromium.start()) {
      try (StudioProcess first = StudioProcess.start(folder)) {
        StudioPage user = StudioPage.open(chromium, first).show("runs");
        queue(user, "one", 90);
        queue(user, "two", 10);
        queue(user, "three", 10);
        user.until(
            "async () => (await (await fetch('/studio/jobs')).json()).jobs.some(j => j.adapter =="
                + " 'one' && j.progress && j.progress.done > 5)");
        first.kill();
      }
      try (StudioProcess second = StudioProcess.start(folder)) {
        StudioPage user = StudioPage.open(chromium, second).show("runs");
        String states = (String) user.page().evaluate(STATES);
        assertTrue(
            states.equals("one running,three queued,two queued") || states.startsWith("one done"),
            states);
        user.text("one").waitFor();
        user.until(STATES.replace(".join()", ".every(s => s.endsWith(' done'))"));
        for (String name : new String[] {"one", "two", "three"}) {
          assertTrue(Files.exists(folder.resolve("adapters/" + name + ".safetensors")), name);
        }
      }
    }
  }

  private static void queue(StudioPage user, String name, int steps) {
    String answer =
        user.post(
            "/studio/actions/train",
            "{\"images\": \"ink\", \"output\": \""
                + name
                + "\", \"steps\": "
                + steps
                + ", \"settings\": {\"previews.prompts\": \"[]\"}}");
    assertTrue(answer.contains("\"job\""), answer);
  }
}

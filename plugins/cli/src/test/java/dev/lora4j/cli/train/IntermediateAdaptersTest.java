package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters, previews and validations that a run leaves every few steps or epochs. */
class IntermediateAdaptersTest {
  @TempDir private Path folder;
  private Path adapters = Path.of("");

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    adapters = folder.resolve("style.run/adapters");
  }

  /** Two steps are an epoch. */
  private Run train(Object... more) {
    return new SmallTraining(folder).train(more);
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> all = Files.list(folder)) {
      return all.map(p -> p.getFileName().toString()).sorted().toList();
    }
  }

  @Test
  void intermediateAdaptersRecordTheirStep() throws IOException {
    Run run = train("--steps=5", "--set=save.adapters=2");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("Adapters on the way are in " + adapters), run.err());
    assertEquals(
        List.of("style-step00000002.safetensors", "style-step00000004.safetensors"),
        names(adapters));
    Path first = adapters.resolve("style-step00000002.safetensors");
    Run seen = Run.of("inspect", first, Run.BASE, "--json");
    assertEquals(0, seen.code(), seen.err());
    JsonObject metadata = seen.json().getAsJsonObject("metadata");
    assertEquals("2", metadata.get("ss_steps").getAsString());
    assertEquals("5", metadata.get("ss_max_train_steps").getAsString());
    Run drawn =
        Run.of(
            "generate",
            "ink",
            Run.BASE,
            "--lora=" + first,
            "--steps=1",
            "-o",
            folder.resolve("a.png"));
    assertEquals(0, drawn.code(), drawn.err());
  }

  @Test
  void resumedRunLeavesTheSameIntermediateAdapters() throws IOException {
    assertEquals(0, train("--steps=4", "--set=save.adapters=1", "--set=save.keep=9").code());
    Path third = adapters.resolve("style-step00000003.safetensors");
    byte[] whole = Files.readAllBytes(third);
    Path checkpoints = folder.resolve("style.run/checkpoints");
    for (int step = 3; step <= 4; step++) {
      Files.delete(checkpoints.resolve("step-00000" + step + ".safetensors"));
    }
    Files.writeString(third, "to be written again");
    Files.writeString(adapters.resolve("notes-step00000009.txt"), "not one of them");
    Run resumed = train("--steps=4", "--set=save.adapters=1", "--set=save.keep=9", "--resume");
    assertEquals(0, resumed.code(), resumed.err());
    assertTrue(resumed.err().contains("Going on after step 2."), resumed.err());
    assertArrayEquals(whole, Files.readAllBytes(third));
    assertTrue(Files.exists(adapters.resolve("notes-step00000009.txt")));
    assertTrue(Files.exists(adapters.resolve("style-step00000001.safetensors")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"kohya", "peft"})
  void newRunRemovesEarlierIntermediateAdapters(String layout) throws IOException {
    String form = "--set=layout=" + layout;
    assertEquals(0, train("--steps=4", "--set=save.adapters=1", form).code());
    assertEquals(3, names(adapters).size());
    Files.move(folder.resolve("style.safetensors"), folder.resolve("first"));
    Run anew = train("--steps=3", "--set=save.adapters=2", form, "--seed=5", "--overwrite");
    assertFalse(anew.err().contains("could not be written"), anew.err());
    assertEquals(1, names(adapters).size(), anew.err());
    assertEquals(0, Run.of("inspect", adapters.resolve(names(adapters).get(0)), Run.BASE).code());
  }

  @Test
  void lastAdapterIsSavedWithKeepBestToo() throws IOException {
    String best = "--set=validation.keep_best=true";
    String share = "--set=validation.split=0.25";
    Run run = train("--steps=4", "--set=save.adapters=2", best, share, "--set=validation.every=1");
    assertEquals(0, run.code(), run.err());
    assertEquals(
        List.of("style-step00000002.safetensors", "style-step00000004.safetensors"),
        names(adapters));
  }

  @Test
  void epochsAreCountedInStepsOfTheData() throws IOException {
    Run run =
        train(
            "--epochs=3",
            "--set=save_every_n_epochs=1",
            "--set=sample_every_n_epochs=2",
            "--set=validate_every_n_epochs=1",
            "--set=previews.prompts=[\"ball\"]",
            "--set=previews.steps=1",
            "--set=previews.strengths=[1]");
    assertEquals(0, run.code(), run.err());
    assertEquals(
        List.of("style-step00000002.safetensors", "style-step00000004.safetensors"),
        names(adapters));
    assertEquals(
        List.of("step-000000.png", "step-000004.png", "step-000006.png"),
        names(folder.resolve("style.run/previews")));
  }

  @Test
  void unwritableIntermediateAdapterIsReportedWithoutStopping() throws IOException {
    Files.createDirectories(adapters.getParent());
    Files.writeString(adapters, "in the way");
    Run run = train("--steps=3", "--set=save.adapters=2");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("The adapter of step 2 could not be written: "), run.err());
    assertTrue(Files.exists(folder.resolve("style.safetensors")));
  }

  @Test
  void failedPreviewIsReportedOnceWithoutStopping() throws IOException {
    Path previews = folder.resolve("style.run/previews");
    Files.createDirectories(previews.getParent());
    Files.writeString(previews, "in the way");
    Run run =
        train(
            "--steps=3",
            "--set=previews.prompts=[\"ball\"]",
            "--set=previews.steps=1",
            "--set=previews.every=1");
    assertEquals(0, run.code(), run.err());
    assertTrue(run.err().contains("The preview of step 0 could not be made: "), run.err());
    assertFalse(run.err().contains("The preview of step 1"), run.err());
    assertTrue(Files.exists(folder.resolve("style.safetensors")));
  }

  @Test
  void intermediatePeftFoldersAreWritten() throws IOException {
    Run run = train("--steps=3", "--set=save.adapters=2", "--set=layout=peft");
    assertFalse(run.err().contains("could not be written"), run.err());
    assertEquals(0, run.code(), run.err());
    assertEquals(1, names(adapters).size());
    Path out = folder.resolve("style.safetensors");
    Path picture = folder.resolve("a.png");
    Run drawn = Run.of("generate", "ink", Run.BASE, "--lora=" + out, "--steps=1", "-o", picture);
    assertEquals(0, drawn.code(), drawn.err());
    byte[] whole = Files.readAllBytes(out.resolve("adapter_model.safetensors"));
    Run again = train("--steps=3", "--set=layout=peft", "--resume");
    assertEquals(0, again.code(), again.err());
    assertTrue(again.err().contains("Going on after step 3."), again.err());
    assertArrayEquals(whole, Files.readAllBytes(out.resolve("adapter_model.safetensors")));
  }

  /** Folders that are no adapter are not replaced. */
  @Test
  void foldersOfOtherFilesAreRefusedBeforeAnythingHeavy() throws IOException {
    Path out = Files.createDirectories(folder.resolve("style.safetensors"));
    Path note = Files.writeString(out.resolve("note.txt"), "mine");
    for (String option : List.of("--resume", "--overwrite")) {
      Run run = train("--steps=3", "--set=layout=peft", option);
      assertEquals(1, run.code(), run.err());
      assertTrue(run.err().contains("style.safetensors is there already"), run.err());
      assertFalse(run.err().contains("encoding"), "before anything heavy: " + run.err());
      assertEquals("mine", Files.readString(note));
    }
  }

  @Test
  void peftFolderNeedsNoFileEnding() {
    Path out = folder.resolve("style");
    Run run = train("--steps=1", "--set=layout=peft", "--set=out=" + out);
    assertEquals(0, run.code(), run.err());
    assertTrue(Files.isDirectory(out), run.err());
  }
}

package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.spi.BuiltJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A jar in a plug-ins folder brings what a run is made of, and the run is made of it. */
class TrainWithPluginTest {
  private static final String DECAY =
      """
      package example;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.train.schedule.Decay;
      @Extension(point = Decay.class, name = "stairs", help = "Falls in stairs")
      public record Stairs(@Setting(help = "How many", defaultValue = "2", min = 1) int count)
          implements Decay {
        @Override public double at(double progress) {
          return Math.max(0, 1 - Math.floor(progress * count) / count);
        }
        @Override public boolean warmedUp() { return false; }
      }
      """;

  private static final String OPTIMIZER =
      """
      package example;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.tensor.Expr;
      import dev.lora4j.core.train.optimizer.*;
      import java.util.List;
      @Extension(point = Optimizer.class, name = "downhill", help = "The gradient times the rate")
      public record Downhill(@Setting(help = "Factor", defaultValue = "1", above = 0) double factor)
          implements Optimizer {
        @Override public List<OptimizerSlot> memories() { return List.of(); }
        @Override public void stage(Update update) {
          for (Update.Part part : update.runs()) {
            Expr rate = part.rate().to(update.type()).mul(factor);
            update.replace(part.weights(), part.weights().sub(part.gradient().mul(rate)));
          }
        }
      }
      """;

  private static final String TRACKER =
      """
      package example;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.train.log.*;
      import java.io.*;
      import java.nio.file.*;
      import java.util.Optional;
      @Extension(point = Tracker.class, name = "diary", help = "Writes a diary")
      public record Diary(@Setting(help = "Step that it fails at", defaultValue = "-1") int fails,
          @Setting(help = "First word", defaultValue = "") String begins)
          implements Tracker {
        @Override public TrackedRun begin(RunStart run) {
          Path file = run.folder().resolve("diary.txt");
          StringBuilder text = new StringBuilder(begins + run.settings().get("optimizer.name") + "\\n");
          return new TrackedRun() {
            @Override public void step(Step done) {
              if (done.step() == fails) { throw new IllegalStateException("out of ink"); }
              text.append(done.step()).append(' ').append(done.rate()).append('\\n');
            }
            @Override public void end(Optional<String> failure) {
              try { Files.writeString(file, text + failure.orElse("done")); }
              catch (IOException e) { throw new UncheckedIOException(e); }
            }
          };
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
  }

  private Run train(String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                folder.resolve("style.safetensors"),
                Run.BASE,
                "--compute=f32",
                "--rank=2",
                "--batch=2",
                "--set=previews.prompts=[]",
                "--steps=4"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private String plugins() throws IOException {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    new BuiltJar()
        .source("example.Stairs", DECAY)
        .source("example.Downhill", OPTIMIZER)
        .source("example.Diary", TRACKER)
        .at(plugins.resolve("stairs.jar"));
    return "--plugins=" + plugins;
  }

  @Test
  void pluginOptimizerDecayAndTrackerTrain() throws IOException {
    Run run =
        train(
            plugins(),
            "--set=optimizer.name=downhill",
            "--set=optimizer.settings={ factor = 2 }",
            "--set=optimizer.rate=0.5",
            "--set=schedule.name=stairs",
            "--set=logging.trackers=csv,diary");
    assertEquals(0, run.code(), run.err());
    Path made = folder.resolve("style.run");
    assertEquals(
        "downhill\n1 0.5\n2 0.5\n3 0.25\n4 0.25\ndone".replace("downhill", "\"downhill\""),
        Files.readString(made.resolve("diary.txt")));
    // What was not asked for is not made.
    assertTrue(Files.exists(made.resolve("log.csv")));
    assertFalse(Files.exists(made.resolve("loss.png")));
    assertFalse(Files.exists(made.resolve("tensorboard")));
    Run inspected = Run.of("inspect", folder.resolve("style.safetensors"));
    assertEquals(0, inspected.code(), inspected.err());
  }

  @Test
  void failingTrackerIsDroppedAndTheRunFinishes() throws IOException {
    Run run = train(plugins(), "--set=logging.trackers=diary:fails=2,csv");
    assertEquals(0, run.code(), run.err());
    assertEquals(2, run.err().split("out of ink", -1).length, run.err());
    Path made = folder.resolve("style.run");
    assertFalse(Files.exists(made.resolve("diary.txt")));
    assertEquals(5, Files.readAllLines(made.resolve("log.csv")).size());
  }

  @Test
  void trackerTakesSeveralSettingsOnACommandLine() throws IOException {
    Run run = train(plugins(), "--set=logging.trackers=diary:fails=9,begins=Dear ,csv");
    assertEquals(0, run.code(), run.err());
    String diary = Files.readString(folder.resolve("style.run").resolve("diary.txt"));
    assertTrue(diary.startsWith("Dear"), diary);
    assertTrue(Files.exists(folder.resolve("style.run").resolve("log.csv")));
  }

  @Test
  void missingPluginStopsTheRun() {
    Run run = train("--set=schedule.name=stairs", "--set=logging.trackers=diary");
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("There is no Tracker 'diary'"), run.err());
    assertTrue(run.err().contains("There is no Decay 'stairs'"), run.err());
    assertFalse(Files.exists(folder.resolve("style.run")));
  }
}

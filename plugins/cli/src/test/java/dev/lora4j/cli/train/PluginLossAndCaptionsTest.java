package dev.lora4j.cli.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
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

/** A jar in a plug-ins folder says what is learned: from which words, and how errors count. */
class PluginLossAndCaptionsTest {
  private static final String LOSS =
      """
      package example;
      import dev.lora4j.spi.*;
      import dev.lora4j.core.tensor.Expr;
      import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
      import dev.lora4j.diffusion.train.objective.Loss;
      import java.util.Optional;
      @Extension(point = Loss.class, name = "welsch", help = "Costs at most 1")
      public record Welsch(
          @Setting(help = "How far 1 is", defaultValue = "1", above = 0) double width,
          @Setting(help = "Whether it fits anything", defaultValue = "true") boolean fits)
          implements Loss {
        @Override public Expr elements(Expr difference, Optional<Expr> threshold) {
          Expr share = difference.mul(1 / width);
          return share.mul(share).neg().exp().neg().add(1);
        }
        @Override public Optional<String> misfit(Prediction prediction) {
          return fits ? Optional.empty() : Optional.of("welsch is for other bases");
        }
      }
      """;

  private static final String CAPTIONS =
      """
      package example;
      import dev.lora4j.spi.*;
      import dev.lora4j.diffusion.dataset.*;
      import dev.lora4j.diffusion.dataset.source.DataSource;
      import java.nio.file.Path;
      import java.util.Optional;
      import java.util.function.Consumer;
      @Extension(point = CaptionSource.class, name = "numbered", help = "Numbers the pictures")
      public record Numbered(@Setting(help = "What they show") String of)
          implements CaptionSource {
        @Override public Captions in(DataSource folder, Consumer<DataProblem> problems) {
          return picture -> {
            String name = String.valueOf(picture.getFileName());
            return name.startsWith("ball-3")
                ? Optional.empty()
                : Optional.of(new Caption(of + ", number " + name.charAt(5), true, picture));
          };
        }
      }
      """;

  @TempDir private Path folder;

  @BeforeEach
  void pictures() throws IOException {
    Run.pictures(folder.resolve("pictures"));
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    new BuiltJar()
        .source("example.Welsch", LOSS)
        .source("example.Numbered", CAPTIONS)
        .at(plugins.resolve("learning.jar"));
  }

  private Run train(String name, String... more) {
    List<Object> words =
        new ArrayList<>(
            List.of(
                "train",
                "--images=" + folder.resolve("pictures"),
                "-o",
                folder.resolve(name + ".safetensors"),
                Run.BASE,
                "--plugins=" + folder.resolve("plugins"),
                "--compute=f32",
                "--rank=2",
                "--batch=2",
                "--set=previews.prompts=[]",
                "--steps=3"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  private List<Double> losses(String name) throws IOException {
    List<String> log = Files.readAllLines(folder.resolve(name + ".run").resolve("log.csv"));
    int column = List.of(log.get(0).split(",", -1)).indexOf("loss");
    return log.stream()
        .skip(1)
        .map(line -> Double.parseDouble(line.split(",", -1)[column]))
        .toList();
  }

  @Test
  void pluginLossIsMinimised() throws IOException {
    Run run = train("wide", "--set=loss.type=welsch", "--set=loss.settings={ width = 1000 }");
    assertEquals(0, run.code(), run.err());
    assertEquals(0, train("narrow", "--set=loss.type=welsch").code());
    assertEquals(0, train("squared").code());
    List<Double> squared = losses("squared");
    List<Double> wide = losses("wide");
    assertEquals(3, wide.size());
    // 1 - exp(-x) is nearly x where x is small, and never above 1. Later steps are of other
    // weights.
    assertEquals(squared.get(0) * 1e-6, wide.get(0), squared.get(0) * 1e-8);
    for (double loss : losses("narrow")) {
      assertTrue(loss > 0 && loss < 1, "a loss of " + loss);
    }
    assertNotEquals(squared, losses("narrow"));
    String settings = Files.readString(folder.resolve("wide.run").resolve("run.toml"));
    assertTrue(settings.contains("welsch"), settings);
  }

  @Test
  void pluginLossUnfitForTheBaseIsRefused() {
    Run run = train("none", "--set=loss.type=welsch", "--set=loss.settings={ fits = false }");
    assertNotEquals(0, run.code());
    assertTrue(run.err().contains("welsch is for other bases"), run.err());
    assertFalse(Files.exists(folder.resolve("none.safetensors")));
  }

  @Test
  void pluginCaptionsAreTrainedWithFallbackSource() throws IOException {
    String sources = "--set=data.caption_sources=['numbered:of=a ball', 'file_name']";
    Run run = train("numbered", sources);
    assertEquals(0, run.code(), run.err());
    Run inspected = Run.of("inspect", folder.resolve("numbered.safetensors"), "--json");
    for (String words : List.of("a ball", "number 0", "number 2", "ball 3")) {
      assertTrue(inspected.out().contains(words), inspected.out());
    }
    assertFalse(inspected.out().contains("number 3"), inspected.out());
    assertFalse(inspected.out().contains("of colour"), inspected.out());
  }
}

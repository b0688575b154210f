package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.runtime.Capabilities;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UsageTest {
  @TempDir private Path folder;

  @Test
  void helpAndVersionAreResults() {
    assertEquals(0, Run.of("--help").code());
    assertTrue(Run.of("--help").out().contains("quickstart"));
    assertTrue(Run.of("--version").out().startsWith("lora4j 0."), Run.of("--version").out());
    assertTrue(Run.of("train", "--help").out().contains("--images"));
  }

  @Test
  void aWrongCommandLineIsCode2() {
    assertMisused("genrate", Run.of("genrate"), "generate");
    assertMisused("no command", Run.of(), "quickstart");
    assertMisused("no command for texts", Run.of("text"), "classify");
    assertMisused("no steps", Run.of("text", "quickstart", "--steps=0"), "1 step or more");
    assertMisused("no prompt", Run.of("generate"), "PROMPT");
    assertMisused("mistyped option", Run.of("generate", "--sead=3"), "--sead");
    assertMisused("number", Run.of("generate", "fox", "--steps=many"), "many");
    assertMisused("range", Run.of("generate", "fox", "--steps=0"), "at least 1");
    assertMisused("sampler", Run.of("generate", "fox", "--sampler=dim"), "ddim");
    assertMisused("size", Run.of("generate", "fox", "--size=64"), "WIDTHxHEIGHT");
    assertMisused(
        "lora", Run.of("generate", "fox", "--lora=a.safetensors:1:0.9-0.2"), "from <= to");
    assertMisused("curve", Run.of("generate", "fox", "--lora=a.safetensors:1@2"), "from 0 to 1");
    assertMisused("route", Run.of("generate", "fox", "--route=fast"), "merged or unmerged");
    assertMisused("batch", Run.of("generate", "fox", "--batch=0"), "at least 1");
    assertMisused("rank", Run.of("train", "--images=.", "-o=a.safetensors", "--rank=0"), "rank");
  }

  /** What an option would do nothing beside is told, and nothing is made. */
  @Test
  void optionsWithoutEffectAreRefused() throws IOException {
    Path text = Files.writeString(folder.resolve("a.txt"), "a text");
    String nothing = "does nothing without";
    assertMisused("leakage", Run.of("generate", "fox", "--leakage"), nothing);
    assertMisused(
        "evaluate",
        Run.of("evaluate", "--images", folder, "--style=ink", "--steps=3"),
        "--steps does not go with --images");
    assertMisused(
        "extract",
        Run.of(
            "extract",
            "--base=a",
            "--tuned=b",
            "-o=c.safetensors",
            "--rank=2",
            "--exact",
            "--seed=1"),
        "--seed does not go with --exact");
    assertMisused(
        "inspect", Run.of("inspect", Run.TINY_SD, "--base=sd15"), "is a model and no adapter");
    assertMisused("top-k", Run.of("text", "generate", "a", "--top-k=5"), nothing);
    assertMisused("beams", Run.of("text", "generate", "a", "--length-penalty=2"), nothing);
    for (String[] more :
        new String[][] {
          {"--steps=2 --epochs=1", "--epochs does not go with --steps"},
          {"--resume --overwrite", "--overwrite does not go with --resume"},
          {"--rank=0", "rank must be at least 1"},
          {"--epochs=0", "--epochs must be above 0"},
          {"--save-every=0", "--save-every must be at least 1"},
          {"--steps=0", "--steps must be at least 1"},
          {"--batch=0", "at least 1 text"},
          {"--max-length=1", "nothing to learn"},
          {"--optimizer=adam", "Did you mean adamw?"}
        }) {
      List<Object> words = new ArrayList<>(List.of("text", "train", "--data", text));
      words.addAll(List.of("-o", folder.resolve("o")));
      words.addAll(List.of(more[0].split(" ")));
      assertMisused(more[0], Run.of(words.toArray()), more[1]);
    }
  }

  private static void assertMisused(String what, Run run, String told) {
    assertEquals(2, run.code(), what + ": " + run);
    assertTrue(run.err().contains(told), what + ": " + run.err());
    assertEquals("", run.out(), what);
  }

  @Test
  void missingFileIsReportedWithTheNearest() throws IOException {
    Files.writeString(folder.resolve("ink.safetensors"), "");
    Path wrong = folder.resolve("inc.safetensors");
    Run run = Run.of("inspect", wrong);
    assertEquals(1, run.code());
    assertEquals(
        "lora4j: There is no file or folder "
            + wrong
            + ". Did you mean "
            + folder.resolve("ink.safetensors")
            + "?\n",
        run.err().replace("\r", ""));
    assertEquals("", run.out());
  }

  @Test
  void fileOfAnotherKindIsOnePlainError() throws IOException {
    Path file = Files.writeString(folder.resolve("page.safetensors"), "<!DOCTYPE html><p>404");
    Run run = Run.of("inspect", file);
    assertEquals(1, run.code());
    // Tests may run as on a lesser processor, which is told.
    Stream<String> told = run.err().lines().filter(l -> !l.contains(Capabilities.VARIABLE));
    assertEquals(1, told.count(), run.err());
    assertFalse(run.err().contains("Exception"), run.err());
    assertTrue(Run.of("inspect", file, "--debug").err().contains("\tat dev.lora4j"));
  }

  @Test
  void outputsAreCheckedBeforeTheWork() {
    Run run = Run.of("generate", "fox", Run.BASE, "-o", folder.resolve("fox.jpg"));
    assertEquals(2, run.code());
    assertTrue(run.err().contains(".png"), run.err());
  }
}

package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outputs of inputs by commands, on a small FLAN-T5. */
class TextPairsTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/models/flan-t5");

  @TempDir private static Path folder;
  private static String base = "";
  private static Path adapter = Path.of("");

  @BeforeAll
  static void train() throws IOException {
    Path model = Files.createDirectories(folder.resolve("model"));
    for (String file : List.of("config.json", "model.safetensors")) {
      Files.copy(MODEL.resolve(file), model.resolve(file));
    }
    Tokenizers.letters(model);
    base = "--base=" + model;
    Path data = folder.resolve("pairs.jsonl");
    Files.writeString(
        data,
        """
        {"input": "red fox", "target": "seas"}
        {"input": "blue whale", "target": "cloud"}
        """);
    adapter = folder.resolve("adapter");
    Run trained =
        Run.of("text", "train", base, "--data=" + data, "-o", adapter, "--steps=80", "--rate=2e-2");
    assertEquals(0, trained.code(), trained.err());
  }

  @Test
  void outputIsPrintedWithoutItsInput() {
    String lora = "--lora=" + adapter;
    Run one = Run.of("text", "generate", "red fox", base, lora, "--max-new-tokens=8");
    assertEquals(List.of("seas"), one.out().lines().toList(), one.err());
    Run two = Run.of("text", "generate", "blue whale", "red fox", base, lora, "--max-new-tokens=8");
    assertEquals(List.of("cloud", "", "seas", ""), two.out().lines().toList(), two.err());
    Run beams =
        Run.of("text", "generate", "red fox", base, lora, "--max-new-tokens=8", "--beams=2");
    assertTrue(beams.out().startsWith("seas"), beams.out());
  }
}

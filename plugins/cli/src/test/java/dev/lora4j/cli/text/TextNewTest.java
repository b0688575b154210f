package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An encoder with a decoder from chance, taught whole, then by an adapter. */
class TextNewTest {
  @TempDir private Path folder;
  private Path data = Path.of("");
  private Path fresh = Path.of("");

  @BeforeEach
  void write() throws IOException {
    data =
        Files.writeString(
            folder.resolve("data.jsonl"),
            """
            {"input": "red fox", "target": "zorro rojo"}
            {"input": "blue fox", "target": "zorro azul"}
            {"input": "red cat", "target": "gato rojo"}
            {"input": "blue cat", "target": "gato azul"}
            """);
    fresh = folder.resolve("fresh");
  }

  private Run made(Object... more) {
    Object[] all = {
      "text",
      "new",
      "--family=t5",
      "--data",
      data,
      "-o",
      fresh,
      "--vocabulary=280",
      "--width=32",
      "--inner=48",
      "--layers=1",
      "--heads=2"
    };
    Object[] both = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, both, all.length, more.length);
    return Run.of(both);
  }

  @Test
  void t5LearnsToTranslate() throws IOException {
    Run made = made();
    assertEquals(0, made.code(), made.err());
    Path base = folder.resolve("base");
    Run taught =
        Run.of(
            "text",
            "train",
            "--base",
            fresh,
            "--data",
            data,
            "-o",
            base,
            "--method=full",
            "--targets=*",
            "--layout=transformers",
            "--steps=120",
            "--batch=4",
            "--lr=5e-3");
    assertEquals(0, taught.code(), taught.err());
    assertEquals("gato rojo", written("red cat", base));
    Path lora = folder.resolve("lora");
    Path other = folder.resolve("other.jsonl");
    Files.writeString(
        other,
        """
        {"input": "red fox", "target": "gato azul"}
        {"input": "blue cat", "target": "zorro rojo"}
        """);
    Run adapted =
        Run.of(
            "text",
            "train",
            "--base",
            base,
            "--data",
            other,
            "-o",
            lora,
            "--rank=4",
            "--steps=80",
            "--batch=2",
            "--lr=1e-2");
    assertEquals(0, adapted.code(), adapted.err());
    assertEquals("gato azul", written("red fox", base, "--lora", lora));
    assertEquals("zorro rojo", written("red fox", base));
  }

  private static String written(String input, Path base, Object... more) {
    Object[] all = {"text", "generate", input, "--base", base, "--max-new-tokens=8"};
    Object[] both = Arrays.copyOf(all, all.length + more.length);
    System.arraycopy(more, 0, both, all.length, more.length);
    Run run = Run.of(both);
    assertEquals(0, run.code(), run.err());
    return run.out().strip();
  }

  @Test
  void whatDoesNotFitIsRefused() throws IOException {
    Run length = made("--max-length=20");
    assertEquals(2, length.code());
    assertTrue(length.err().contains("of llama alone"), length.err());
    Run family = made("--family=bert");
    assertEquals(2, family.code());
    Run llama = Run.of("text", "new", "--data", data, "-o", fresh, "--vocabulary=280");
    assertEquals(1, llama.code());
    assertTrue(llama.err().contains("has other examples"), llama.err());
    assertTrue(Files.notExists(fresh));
  }
}

package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands on a tiny GGUF file: what it holds, and from training to a folder with the adapter. */
class GgufCommandsTest {
  private static final Path MODEL = Path.of("../../lora-text/src/test/resources/gguf/llama.gguf");

  @TempDir private Path folder;

  @Test
  void inspectSaysWhatAFileHolds() {
    Run run = Run.of("inspect", MODEL);
    assertEquals(0, run.code(), run.err());
    for (String line :
        List.of(
            "GGUF file, version 3",
            "Model: llama, called Tiny llama",
            "2 layers, 64 wide, 4 heads, 128 tokens at most",
            "Q8_0: 2 tensors, 8,192 numbers, 8.7 kB",
            "Tokenizer: gpt2 (smollm), 352 tokens",
            "Chat template: ")) {
      assertTrue(run.out().contains(line), line + " in\n" + run.out());
    }
    JsonObject json = Run.of("inspect", MODEL, "--json").json();
    assertEquals("llama", json.get("architecture").getAsString());
    assertEquals(0, json.getAsJsonArray("problems").size());
    assertEquals(
        4, json.getAsJsonObject("types").getAsJsonObject("F32").get("tensors").getAsInt() / 2);
    assertEquals(
        "F16",
        json.getAsJsonObject("tensors")
            .getAsJsonObject("token_embd.weight")
            .get("type")
            .getAsString());
  }

  @Test
  void inspectSaysWhatHindersUse() throws IOException {
    byte[] bytes = Files.readAllBytes(MODEL);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    Path other = folder.resolve("other.gguf");
    Files.write(
        other,
        text.replace("smollm", "smoltm")
            .replace(
                "general.architecture\b\0\0\0\5\0\0\0\0\0\0\0llama",
                "general.architecture\b\0\0\0\5\0\0\0\0\0\0\0mamba")
            .getBytes(StandardCharsets.ISO_8859_1));
    Run run = Run.of("inspect", other);
    assertEquals(1, run.code());
    assertTrue(run.out().contains("Problem: is a model of the architecture 'mamba'"), run.out());
    assertTrue(run.out().contains("Problem: divides texts in the way 'smoltm'"), run.out());
    Path cut = folder.resolve("cut.gguf");
    Files.write(cut, Arrays.copyOf(bytes, bytes.length - 1000));
    Run damaged = Run.of("inspect", cut);
    assertEquals(1, damaged.code());
    assertTrue(damaged.err().contains("ends too early"), damaged.err());
  }

  @Test
  void trainedAdapterWorksOnFileAndOnMergedFolder() throws IOException {
    Path data = folder.resolve("data.txt");
    Files.writeString(data, "the whale and the sea\nthe sea and the whale\n");
    Path mine = folder.resolve("mine");
    Run trained =
        Run.of(
            "text",
            "train",
            "--base",
            MODEL,
            "--data",
            data,
            "-o",
            mine,
            "--rank=2",
            "--epochs=2",
            "--batch=2");
    assertEquals(0, trained.code(), trained.err());
    Run examined = Run.of("inspect", mine, "--base", MODEL);
    assertEquals(0, examined.code(), examined.err());
    Run scored = Run.of("text", "evaluate", "--base", MODEL, "--data", data, "--lora", mine);
    assertEquals(0, scored.code(), scored.err());
    assertTrue(scored.out().contains("perplexity"), scored.out());
    Path merged = folder.resolve("merged");
    Run merge = Run.of("text", "merge", "--base", MODEL, "--lora", mine, "-o", merged);
    assertEquals(0, merge.code(), merge.err());
    String[] generate = {"text", "generate", "the sea", "--max-new-tokens=12", "--base"};
    Run ofFile = generated(generate, MODEL.toString(), "--lora", mine.toString());
    Run ofFolder = generated(generate, merged.toString());
    assertEquals(0, ofFile.code(), ofFile.err());
    assertEquals(ofFile.out(), ofFolder.out());
  }

  private static Run generated(String[] start, String... more) {
    return Run.of(Stream.of(start, more).flatMap(Arrays::stream).toArray());
  }
}

package dev.lora4j.cli.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Contexts by commands, on a small model with longrope: 80 tokens at first, and 128 at most. */
class TextContextTest {
  private static final Path MODELS = Path.of("../../lora-text/src/test/resources/models");

  @TempDir private Path folder;

  @BeforeEach
  void model() throws IOException {
    Tokenizers.copy(MODELS.resolve("phi4-mini"), folder.resolve("model"));
    Tokenizers.letters(folder.resolve("model"));
  }

  private String base() {
    return "--base=" + folder.resolve("model");
  }

  @Test
  void longTextIsReadInALongContextAlone() {
    String text = "abcdefghij".repeat(10);
    Run refused = Run.of("text", "generate", text, base(), "--max-new-tokens=2");
    assertEquals(1, refused.code(), refused.err());
    assertTrue(refused.err().contains("--context"), refused.err());
    Run read =
        Run.of("text", "generate", text, base(), "--context=128", "--max-new-tokens=2", "--json");
    assertEquals(0, read.code(), read.err());
    Run much = Run.of("text", "generate", text, base(), "--context=129", "--max-new-tokens=2");
    assertEquals(1, much.code(), much.err());
    assertTrue(much.err().contains("at most 128"), much.err());
    Run few = Run.of("text", "generate", text, base(), "--context=1");
    assertEquals(2, few.code(), few.err());
    assertTrue(few.err().contains("--context: a context has at least 2"), few.err());
  }

  @Test
  void trainingIsNotResumedWithAnotherContext() throws IOException {
    Path data = folder.resolve("data.txt");
    Files.writeString(data, "abcdefghij".repeat(12) + "\n\n" + "klmnopqrst".repeat(11) + "\n");
    Path out = folder.resolve("mine.safetensors");
    assertEquals(0, train(data, out, "--context=128", "--steps=2", "--save-every=1").code());
    Run other = train(data, out, "--context=120", "--steps=2", "--resume");
    assertEquals(1, other.code(), other.err());
    assertTrue(other.err().contains("F32 context=128"), other.err());
    Run same = train(data, out, "--context=128", "--steps=2", "--resume");
    assertEquals(0, same.code(), same.err());
  }

  private Run train(Path data, Path out, Object... more) {
    List<Object> words = new ArrayList<>(List.of("text", "train", base(), "--data=" + data));
    words.addAll(List.of("-o", out, "--max-length=110", "--batch=1", "--rank=2"));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }
}

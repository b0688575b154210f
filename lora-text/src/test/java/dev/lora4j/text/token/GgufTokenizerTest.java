package dev.lora4j.text.token;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.gguf.AlteredGguf;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokenisers of GGUF files against the library that their models use ({@code gguf_tiny.py}). */
class GgufTokenizerTest {
  private static final Path MODELS = Path.of("src/test/resources/gguf");

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      strings = {"llama", "llama3", "llama-linear", "qwen2", "qwen3", "tekken", "olmo2", "gemma2"})
  void idsAreThoseOfTheModelsOwnTokenizer(String name) throws IOException {
    try (TensorStore golden = TensorStore.open(MODELS.resolve(name + ".safetensors"));
        TextTokenizer tokenizer = TextTokenizer.load(MODELS.resolve(name + ".gguf"))) {
      Path copy = folder.resolve(name);
      Files.createDirectories(copy);
      TextTokenizer.write(MODELS.resolve(name + ".gguf"), copy);
      try (TextTokenizer written = TextTokenizer.load(copy)) {
        int texts = 0;
        for (; golden.tensors().containsKey("text." + texts); texts++) {
          String text = new String(golden.bytes("text." + texts), StandardCharsets.UTF_8);
          int[] expected = tokens(golden, "tokens." + texts);
          assertArrayEquals(
              expected,
              tokenizer.encodePlain(text),
              text + " is " + Arrays.toString(tokenizer.encodePlain(text)));
          assertArrayEquals(tokenizer.encode(text), written.encode(text), text);
          if (!name.equals("qwen2")) { // which composes accents
            assertEquals(text, tokenizer.decode(expected, false));
          }
        }
        assertEquals(7, texts);
        assertEquals(352, tokenizer.size());
        assertEquals(tokenizer.special(), written.special());
        assertEquals(tokenizer.chatTemplates(), written.chatTemplates());
      }
    }
  }

  /** Normalised texts with tokens for gaps, which files have as rows without a name. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "umt5"})
  void unigramIdsAreThoseOfSentencePiece(String name) throws IOException {
    Path copy = Files.createDirectories(folder.resolve(name));
    TextTokenizer.write(MODELS.resolve(name + ".gguf"), copy);
    try (TensorStore golden = TensorStore.open(MODELS.resolve(name + ".safetensors"));
        TextTokenizer tokenizer = TextTokenizer.load(MODELS.resolve(name + ".gguf"));
        TextTokenizer written = TextTokenizer.load(copy)) {
      for (int i = 0; i < 7; i++) {
        String text = new String(golden.bytes("text." + i), StandardCharsets.UTF_8);
        int[] expected = tokens(golden, "tokens." + i);
        assertArrayEquals(expected, tokenizer.encode(text), text);
        assertArrayEquals(expected, written.encode(text), text);
      }
      assertEquals(320 + 100, tokenizer.size());
      assertEquals(419, tokenizer.id("<extra_id_0>").orElseThrow());
      assertEquals(List.of(1), tokenizer.special().ends());
      assertEquals(tokenizer.special(), written.special());
    }
  }

  private static int[] tokens(TensorStore golden, String name) {
    var info = Objects.requireNonNull(golden.tensors().get(name));
    double[] ids = HostTensor.of(info.dtype(), info.shape(), golden.read(name)).doubles();
    return Arrays.stream(ids).mapToInt(d -> (int) d).toArray();
  }

  /** What begins a text: a file's flag, else what models of this kind do. */
  @ParameterizedTest
  @CsvSource({
    "llama,false",
    "llama3,true",
    "llama-linear,true",
    "qwen2,false",
    "tekken,true",
    "olmo2,false"
  })
  void textBeginsAsTheFileSays(String name, boolean begins) throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(MODELS.resolve(name + ".gguf"))) {
      assertEquals(1, tokenizer.special().begin().orElseThrow().id());
      assertEquals(List.of(2), tokenizer.special().ends());
      assertEquals(
          begins ? 1 : 0, tokenizer.encode("a").length - tokenizer.encodePlain("a").length);
    }
  }

  @Test
  void endsOfTurnsEndTexts() throws IOException {
    Path file =
        AlteredGguf.of(MODELS.resolve("llama.gguf"))
            .with("tokenizer.ggml.eot_token_id", 7)
            .write(folder.resolve("m.gguf"));
    try (TextTokenizer tokenizer = TextTokenizer.load(file)) {
      assertEquals(List.of(2, 7), tokenizer.special().ends());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "llama,smollm,chatty,chatty",
    "llama,gpt2,bert,bert",
    "llama,tokenizer.ggml.pre,tokenizer.ggml.prf,tokenizer.ggml.prf",
    "llama,tokenizer.ggml.merges,tokenizer.ggml.murges,tokenizer.ggml.murges",
    "llama-linear,tokenizer.ggml.scores,tokenizer.huggin.scores,tokenizer.ggml.scores"
  })
  void whatIsNotKnownIsRefusedByName(String name, String from, String to, String named)
      throws IOException {
    Path file =
        AlteredGguf.of(MODELS.resolve(name + ".gguf"))
            .renamed(from, to)
            .write(folder.resolve("m.gguf"));
    RuntimeException refusal =
        assertThrows(RuntimeException.class, () -> TextTokenizer.load(file).close());
    String message = refusal.getMessage();
    assertTrue(refusal.getClass().getName().startsWith("dev.lora4j."), refusal.toString());
    assertTrue(message.contains(named) && message.contains(file.toString()), message);
  }
}

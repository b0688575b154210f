package dev.lora4j.text.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.ClassifierHead;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A head on the weights of a language model that is loaded. */
class BorrowedBaseTest {
  private static final Path MODELS = Path.of("src/test/resources/models");
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ClassifierHead HEAD = new ClassifierHead(1, 5);

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static float[] rewards(Scope scope, TextModel model) {
    EncoderNetwork network = (EncoderNetwork) model.network();
    TextEncoding encoding = new TextEncoding(new EncoderPrograms(scope, model, network));
    List<EncoderText> texts = List.of(EncoderText.of(5, 9, 3, 7), EncoderText.of(8, 4));
    List<float[]> found = encoding.of(EncoderOutput.LABELS, texts);
    return new float[] {found.get(0)[0], found.get(1)[0]};
  }

  /** Of all families of decoders, also where the head for words is the embedding again. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "mistral",
        "qwen2",
        "qwen3",
        "gemma2",
        "gemma3",
        "olmo3",
        "phi3",
        "gpt-neox",
        "opt",
        "gpt2"
      })
  void rewardsAreThoseOfABaseOfItsOwn(String name) {
    Path folder = MODELS.resolve(name);
    try (Scope scope = LORA.engine().scope(name)) {
      TextModel words = TextModel.load(scope, folder, DType.F32);
      TextModel borrowed = words.withHead(scope, HEAD);
      TextModel own = TextModel.load(scope, folder, DType.F32, HEAD);
      assertEquals(List.of("score.weight"), borrowed.started());
      assertEquals(own.started(), borrowed.started());
      assertEquals(own.sites().all(), borrowed.sites().all());
      assertEquals(own.use(), borrowed.use());
      assertArrayEquals(rewards(scope, own), rewards(scope, borrowed), 0);
      for (String weight : List.of("model.norm.weight", "transformer.ln_f.weight")) {
        if (words.weights().has(weight)) {
          assertSame(words.weights().tensor(weight), borrowed.weights().tensor(weight));
        }
      }
    }
  }

  @Test
  void whatGoesOnFromNoTextLendsNothing() {
    for (String name : List.of("bert", "t5", "llama-classes")) {
      try (Scope scope = LORA.engine().scope(name)) {
        TextModel model = TextModel.load(scope, MODELS.resolve(name), DType.F32);
        String told =
            String.valueOf(
                assertThrows(IllegalArgumentException.class, () -> model.withHead(scope, HEAD))
                    .getMessage());
        assertTrue(told.contains("does not go on from texts"), told);
      }
    }
  }
}

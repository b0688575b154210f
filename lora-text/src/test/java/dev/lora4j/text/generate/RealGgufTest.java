package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.chat.ChatMessage;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.TokenInputs;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.pipeline.TextPrompt;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * SmolLM2-135M-Instruct in Q4_1 as it was published, against transformers on its dequantised
 * weights ({@code src/test/golden/gguf_models.py}). {@code src/test/golden/real_models.py} fetches
 * it.
 */
@Tag("real-models")
class RealGgufTest {
  private static final Engine ENGINE = Engine.open();

  /** The golden has every 64th logit. */
  private static final int KEPT = 64;

  private static final Path MODEL =
      Path.of(System.getProperty("lora4j.real-models", ""), "SmolLM2-135M-Instruct.Q4_1.gguf");

  private static final TensorStore GOLDEN =
      TensorStore.open(Path.of("src/test/resources/gguf-smollm2.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static Path model() {
    assertTrue(Files.exists(MODEL), "run lora-text/src/test/golden/real_models.py first: " + MODEL);
    return MODEL;
  }

  private static HostTensor golden(String name) {
    var info = Objects.requireNonNull(GOLDEN.tensors().get(name), name);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(name));
  }

  private static int[] ids(String name) {
    return Arrays.stream(golden(name).doubles()).mapToInt(d -> (int) d).toArray();
  }

  private static int texts() {
    return (int) GOLDEN.tensors().keySet().stream().filter(n -> n.endsWith(".text")).count();
  }

  private static String text(int number) {
    return new String(GOLDEN.bytes(number + ".text"), StandardCharsets.UTF_8);
  }

  @Test
  void idsAreThoseOfTheModelsTokenizer() throws IOException {
    try (TextTokenizer tokenizer = TextTokenizer.load(model())) {
      assertEquals(6, texts());
      for (int i = 0; i < texts(); i++) {
        assertArrayEquals(ids(i + ".ids"), tokenizer.encode(text(i)), text(i));
        assertEquals(text(i), tokenizer.decode(ids(i + ".ids"), false));
      }
      assertEquals(49_152, tokenizer.size());
      assertEquals("<|im_end|>", tokenizer.special().end().orElseThrow().text());
    }
  }

  @Test
  void logitsAndGreedyTextAreThoseOfTransformers() {
    try (Scope scope = ENGINE.scope("model")) {
      TextModel base = TextModel.load(scope, model(), DType.F32);
      CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
      for (int text = 0; text < texts(); text++) {
        int[] ids = ids(text + ".ids");
        Shape shape = Shape.of(1, ids.length);
        Map<String, Tensor> inputs =
            Map.of(
                TokenInputs.IDS,
                Tensor.ofLongs(scope, shape, Arrays.stream(ids).asLongStream().toArray()),
                TokenInputs.POSITIONS,
                Tensor.ofLongs(scope, shape, LongStream.range(0, ids.length).toArray()));
        float[] found = programs.whole(Set.of()).run(scope, base.weights(), inputs).get(0).floats();
        double[] expected = golden(text + ".logits").doubles();
        int last = found.length - base.network().vocabulary();
        double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < expected.length; i++) {
          assertEquals(expected[i], found[last + i * KEPT], 1e-4 * scale, text + ": logit " + i);
        }
      }
      GenerationRequest start = GenerationRequest.greedy(ids("0.ids"), 64, MixPlan.NONE);
      int[] grown = new TextGenerator(programs).generate(scope, List.of(start)).get(0).added();
      assertArrayEquals(ids("grown"), grown);
    }
  }

  @Test
  void knowsTheCapitalOfFrance() {
    try (LanguageModel model = LanguageModel.open(ENGINE.scope("model"), model(), DType.F32)) {
      String text = model.generate(TextPrompt.of(text(0)).tokens(3)).text();
      assertTrue(text.startsWith(" Paris."), text);
      TextPrompt chat =
          TextPrompt.chat(List.of(new ChatMessage("user", "What is the capital of France?")));
      String answer = model.generate(chat.tokens(20)).text();
      assertTrue(answer.contains("Paris"), answer);
    }
  }
}

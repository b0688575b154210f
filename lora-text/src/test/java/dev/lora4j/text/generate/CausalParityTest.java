package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny models of each kind against transformers ({@code src/test/golden/causal_models.py}). */
class CausalParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path MODELS = Path.of("src/test/resources/models");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static final class Opened implements AutoCloseable {
    final Scope scope = ENGINE.scope("model");
    final TextModel base;
    final CausalPrograms programs;
    private final TensorStore expected;

    Opened(String name) {
      base = TextModel.load(scope, MODELS.resolve(name), DType.F32);
      programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
      expected = TensorStore.open(MODELS.resolve(name).resolve("expected.safetensors"));
    }

    HostTensor expected(String name) {
      TensorInfo info = Optional.ofNullable(expected.tensors().get(name)).orElseThrow();
      return HostTensor.of(info.dtype(), info.shape(), expected.read(name));
    }

    int[] tokens(String name) {
      return Arrays.stream(expected(name).doubles()).mapToInt(d -> (int) d).toArray();
    }

    int[] follow(List<int[]> prompts, int most, int which) {
      List<GenerationRequest> starts =
          prompts.stream().map(p -> GenerationRequest.greedy(p, most, MixPlan.NONE)).toList();
      return new TextGenerator(programs).generate(scope, starts).get(which).added();
    }

    @Override
    public void close() {
      expected.close();
      scope.close();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "llama3",
        "llama-linear",
        "mistral",
        "qwen2",
        "qwen3",
        "gemma2",
        "gemma3",
        "gemma3-proportional",
        "smollm3",
        "granite",
        "olmo2",
        "olmo3",
        "phi3",
        "phi4-mini",
        "starcoder2",
        "gpt-neox",
        "gpt-neox-serial",
        "opt",
        "opt-projected",
        "gpt2",
        "gpt2-scaled"
      })
  void logitsAndGreedyTextAreThoseOfTransformers(String name) {
    try (Opened model = new Opened(name)) {
      HostTensor ids = model.expected("ids");
      long[] positions = IntStream.range(0, 24).mapToLong(i -> i % 12).toArray();
      Tensor logits =
          model
              .programs
              .whole(Set.of())
              .run(
                  model.scope,
                  model.base.weights(),
                  Map.of(
                      TokenInputs.IDS,
                      ids.on(model.scope),
                      TokenInputs.POSITIONS,
                      Tensor.ofLongs(model.scope, ids.shape(), positions)))
              .get(0);
      double[] expected = model.expected("logits").doubles();
      float[] found = logits.floats();
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      double worst =
          IntStream.range(0, found.length)
              .mapToDouble(i -> Math.abs(found[i] - expected[i]))
              .max()
              .orElse(0);
      assertTrue(worst <= 1e-5 * scale, "off by " + worst + " of " + scale);
      int[] prompt = model.tokens("prompt");
      assertArrayEquals(model.tokens("greedy"), model.follow(List.of(prompt), 64, 0));
    }
  }

  @Test
  void modelThatReadsLessThanItsConfigurationNamesSaysSo() {
    try (Opened shorter = new Opened("phi4-mini");
        Opened whole = new Opened("phi3")) {
      assertEquals(List.of(), whole.base.notes());
      assertEquals(1, shorter.base.notes().size());
      String note = shorter.base.notes().get(0);
      assertTrue(note.contains("80 tokens, not the 128"), note);
    }
  }

  /** Rows of other lengths in the same batch change nothing. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama3",
        "mistral",
        "qwen3",
        "gemma2",
        "gemma3",
        "smollm3",
        "granite",
        "starcoder2",
        "gpt-neox",
        "opt",
        "olmo3",
        "phi4-mini",
        "gpt2"
      })
  void mixedLengthBatchEqualsRowsAlone(String name) {
    try (Opened model = new Opened(name)) {
      int[] prompt = model.tokens("prompt");
      int[] shorter = {7};
      int[] longer = IntStream.range(20, 31).toArray();
      List<int[]> all = List.of(shorter, prompt, longer);
      for (int row = 0; row < all.size(); row++) {
        int[] alone = model.follow(List.of(all.get(row)), 30, 0);
        assertArrayEquals(alone, model.follow(all, 30, row), "row " + row);
      }
      assertTrue(model.base.sites().all().size() > 10);
    }
  }
}

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
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.IntToLongFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny models of each kind in BF16 against transformers in BF16 ({@code
 * src/test/golden/bf16_texts.py}). Both round in orders of their own, as do transformers' kinds of
 * attention, so that no logit can be the same. Held to are therefore the text, where it does not
 * hang on the order of rounding, and how far logits are from those in F64 with the same weights: no
 * further than transformers' own, times a small factor. Its two kinds of attention differ in that
 * by up to 1.22.
 */
class Bf16ParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final double FACTOR = 1.5;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static final class Opened implements AutoCloseable {
    final Scope scope = ENGINE.scope("model");
    final TextModel base;
    final TextPrograms programs;
    private final String name;
    private final TensorStore golden =
        TensorStore.open(Path.of("src/test/resources/bf16.safetensors"));

    Opened(String name) {
      this.name = name;
      base = TextModel.load(scope, GoldenTexts.folder(name), DType.BF16);
      programs = TextPrograms.of(scope, base).orElseThrow();
    }

    HostTensor golden(String what) {
      String key = name + "/" + what;
      TensorInfo info = Objects.requireNonNull(golden.tensors().get(key), key);
      return HostTensor.of(info.dtype(), info.shape(), golden.read(key));
    }

    int[] tokens(String what) {
      return Arrays.stream(golden(what).doubles()).mapToInt(d -> (int) d).toArray();
    }

    double[] logits() {
      Shape shape = golden("ids").shape();
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(TokenInputs.IDS, golden("ids").on(scope));
      inputs.put(TokenInputs.POSITIONS, filled(shape, i -> i % shape.size(1)));
      if (base.network() instanceof Seq2SeqNetwork) {
        HostTensor read = golden("inputs");
        inputs.put(OutputLoss.INPUT, read.on(scope));
        inputs.put(EncodedInputs.PRESENT, filled(read.shape(), i -> 1));
      }
      int rows = Math.toIntExact(shape.size(0));
      return AdaptedLogits.of(scope, base, MixPlan.NONE, rows, inputs).doubles();
    }

    private Tensor filled(Shape shape, IntToLongFunction each) {
      long[] numbers = new long[Math.toIntExact(shape.elements())];
      Arrays.setAll(numbers, each);
      return Tensor.ofLongs(scope, shape, numbers);
    }

    int[] follow(int[] prompt, int most) {
      List<GenerationRequest> starts =
          List.of(GenerationRequest.greedy(prompt, most, MixPlan.NONE));
      return new TextGenerator(programs).generate(scope, starts).get(0).added();
    }

    @Override
    public void close() {
      golden.close();
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
        "gpt2-scaled",
        "t5",
        "mt5",
        "umt5",
        "flan-t5"
      })
  void bf16LogitsAreAsExactAsInTransformers(String name) {
    try (Opened model = new Opened(name)) {
      double[] exact = model.golden("exact").doubles();
      double[] found = model.logits();
      assertEquals(exact.length, found.length);
      double off = 0;
      double norm = 0;
      for (int i = 0; i < exact.length; i++) {
        off += Math.pow(found[i] - exact[i], 2);
        norm += exact[i] * exact[i];
      }
      double error = Math.sqrt(off / norm);
      double theirs = model.golden("error").doubles()[0];
      assertTrue(error <= FACTOR * theirs, "off by " + error + ", transformers by " + theirs);
      int[] text = model.tokens("greedy");
      assertEquals(64, text.length);
      assertArrayEquals(text, model.follow(model.tokens("prompt"), text.length));
    }
  }
}

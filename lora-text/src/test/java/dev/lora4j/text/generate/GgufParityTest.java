package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny GGUF models against transformers ({@code gguf_tiny.py} and {@code gguf_gemma.py} in {@code
 * src/test/golden}).
 */
class GgufParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path MODELS = Path.of("src/test/resources/gguf");

  /** The golden has every eighth logit. */
  private static final int KEPT = 8;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static final class Golden implements AutoCloseable {
    private final TensorStore store;

    Golden(String name) {
      store = TensorStore.open(MODELS.resolve(name + ".safetensors"));
    }

    HostTensor tensor(String name) {
      var info = Objects.requireNonNull(store.tensors().get(name));
      return HostTensor.of(info.dtype(), info.shape(), store.read(name));
    }

    int[] tokens(String name) {
      return Arrays.stream(tensor(name).doubles()).mapToInt(d -> (int) d).toArray();
    }

    @Override
    public void close() {
      store.close();
    }
  }

  private static float[] logits(Scope scope, TextModel base, HostTensor ids) {
    CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    long[] positions = IntStream.range(0, 24).mapToLong(i -> i % 12).toArray();
    Map<String, Tensor> inputs =
        Map.of(
            TokenInputs.IDS,
            ids.on(scope),
            TokenInputs.POSITIONS,
            Tensor.ofLongs(scope, ids.shape(), positions));
    return programs.whole(Set.of()).run(scope, base.weights(), inputs).get(0).floats();
  }

  private static int[] greedy(Scope scope, TextModel base, int[] prompt) {
    CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    GenerationRequest start = GenerationRequest.greedy(prompt, 64, MixPlan.NONE);
    return new TextGenerator(programs).generate(scope, List.of(start)).get(0).added();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "llama",
        "llama3",
        "llama-linear",
        "qwen2",
        "qwen3",
        "tekken",
        "smollm3",
        "granite",
        "olmo2",
        "phi3",
        "gemma2",
        "gemma3",
        "gemma3-pattern"
      })
  void logitsAndGreedyTextAreThoseOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("model");
        Golden golden = new Golden(name)) {
      TextModel base = TextModel.load(scope, MODELS.resolve(name + ".gguf"), DType.F32);
      double[] expected = golden.tensor("logits").doubles();
      float[] found = logits(scope, base, golden.tensor("ids"));
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      assertEquals(expected.length, found.length / KEPT);
      double worst =
          IntStream.range(0, expected.length)
              .mapToDouble(i -> Math.abs(found[i * KEPT] - expected[i]))
              .max()
              .orElse(0);
      assertTrue(worst <= 1e-5 * scale, "off by " + worst + " of " + scale);
      assertArrayEquals(golden.tokens("greedy"), greedy(scope, base, golden.tokens("prompt")));
    }
  }

  /** Blocks that stay as they lie give what their numbers give. */
  @ParameterizedTest
  @ValueSource(strings = {"llama", "qwen3", "phi3", "gemma3"})
  void blocksGiveWhatNumbersGive(String name) {
    try (Scope scope = ENGINE.scope("model");
        Golden golden = new Golden(name)) {
      Path file = MODELS.resolve(name + ".gguf");
      TextModel numbers = TextModel.load(scope, file, DType.F32);
      TextModel blocks =
          TextModel.load(
              scope, file, TextLoadOptions.in(BasePrecision.in(DType.F32).with(StoredBits.KEPT)));
      assertTrue(numbers.weights().forms().isEmpty());
      assertTrue(blocks.weights().forms().size() > 3, blocks.weights().forms().toString());
      assertTrue(blocks.weights().bytes() < numbers.weights().bytes());
      assertArrayEquals(
          logits(scope, numbers, golden.tensor("ids")),
          logits(scope, blocks, golden.tensor("ids")));
      assertArrayEquals(golden.tokens("greedy"), greedy(scope, blocks, golden.tokens("prompt")));
    }
  }

  /** A folder that was written of a file is the same model, with its tokeniser. */
  @ParameterizedTest
  @ValueSource(
      strings = {"llama3", "qwen3", "smollm3", "granite", "olmo2", "phi3", "gemma2", "gemma3"})
  void writtenFolderHasTheSameWeightsAndTokens(String name) {
    try (Scope scope = ENGINE.scope("model");
        Golden golden = new Golden(name)) {
      TextModel base = TextModel.load(scope, MODELS.resolve(name + ".gguf"), DType.F32);
      TextModelWriter.write(base, Map.of(), DType.F32, folder);
      TextModel again = TextModel.load(scope, folder, DType.F32);
      assertArrayEquals(
          logits(scope, base, golden.tensor("ids")), logits(scope, again, golden.tensor("ids")));
      assertTrue(Files.exists(folder.resolve("tokenizer.json")));
      assertEquals(base.sites().all().size(), again.sites().all().size());
    }
  }

  /** An adapter for the model's layers by transformers' names changes them as in a folder. */
  @Test
  void adapterChangesAFileAsItChangesAFolder() {
    try (Scope scope = ENGINE.scope("model");
        Golden golden = new Golden("llama")) {
      TextModel base = TextModel.load(scope, MODELS.resolve("llama.gguf"), DType.F32);
      Path lora = folder.resolve("lora.safetensors");
      SafetensorsWriter writer = new SafetensorsWriter();
      float[] down = new float[2 * 64];
      float[] up = new float[64 * 2];
      for (int i = 0; i < down.length; i++) {
        down[i] = (float) Math.sin(i);
        up[i] = (float) Math.cos(3 * i);
      }
      String at = "base_model.model.model.layers.1.self_attn.q_proj.lora_";
      writer.add(
          at + "A.weight",
          DType.F32,
          Shape.of(2, 64),
          HostTensor.of(Shape.of(2, 64), down).bytes());
      writer.add(
          at + "B.weight", DType.F32, Shape.of(64, 2), HostTensor.of(Shape.of(64, 2), up).bytes());
      writer.write(lora);
      Adapter adapter = AdapterFiles.read(lora, base.family(), ReadOptions.STRICT).adapter();
      Path model = folder.resolve("model");
      TextModelWriter.write(base, Map.of(), DType.F32, model);
      TextModel same = TextModel.load(scope, model, DType.F32);
      int[] prompt = golden.tokens("prompt");
      int[] ofFile = adapted(scope, base, prompt, adapter);
      assertArrayEquals(ofFile, adapted(scope, same, prompt, adapter));
      assertTrue(
          !Arrays.equals(ofFile, greedy(scope, base, prompt)), "the adapter changes nothing");
    }
  }

  private static int[] adapted(Scope scope, TextModel base, int[] prompt, Adapter adapter) {
    CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    GenerationRequest start = GenerationRequest.greedy(prompt, 20, MixPlan.of(adapter, 1));
    return new TextGenerator(programs).generate(scope, List.of(start)).get(0).added();
  }
}

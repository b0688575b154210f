package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.RoundingTolerance;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.gguf.AlteredGguf;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.model.TextModelWriter;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.io.IOException;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tiny T5 models in GGUF against transformers ({@code src/test/golden/gguf_t5.py}). */
class GgufT5ParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path MODELS = Path.of("src/test/resources/gguf");

  /** The golden has every eighth logit. */
  private static final int KEPT = 8;

  /** Three layers of 6 sums in the encoder, two of 10 in the decoder, of at most 96 products. */
  private static final double ROUNDED = RoundingTolerance.inSequence(DType.F32, 96, 3 * 6 + 2 * 10);

  /**
   * Factor of it for UMT5: scores are not divided by the root of their width, so that softmax
   * multiplies their rounding, and each of its layers adds distances of its own to them.
   */
  private static final double OWN_DISTANCES = 4;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static HostTensor tensor(TensorStore golden, String name) {
    var info = Objects.requireNonNull(golden.tensors().get(name));
    return HostTensor.of(info.dtype(), info.shape(), golden.read(name));
  }

  private static int[] tokens(TensorStore golden, String name) {
    return Arrays.stream(tensor(golden, name).doubles()).mapToInt(d -> (int) d).toArray();
  }

  private static float[] logits(Scope scope, TextModel base, TensorStore golden) {
    HostTensor targets = tensor(golden, "targets");
    long[] positions = IntStream.range(0, 18).mapToLong(i -> i % 9).toArray();
    Map<String, Tensor> inputs =
        Map.of(
            OutputLoss.INPUT,
            tensor(golden, "ids").on(scope),
            EncodedInputs.PRESENT,
            tensor(golden, "present").on(scope),
            TokenInputs.IDS,
            targets.on(scope),
            TokenInputs.POSITIONS,
            Tensor.ofLongs(scope, targets.shape(), positions));
    return programs(scope, base).whole(Set.of()).run(scope, base.weights(), inputs).get(0).floats();
  }

  private static Seq2SeqPrograms programs(Scope scope, TextModel base) {
    return new Seq2SeqPrograms(scope, base, (Seq2SeqNetwork) base.network());
  }

  private static int[] greedy(Scope scope, TextModel base, TensorStore golden) {
    GenerationRequest start = GenerationRequest.greedy(tokens(golden, "prompt"), 40, MixPlan.NONE);
    return new TextGenerator(programs(scope, base)).generate(scope, List.of(start)).get(0).added();
  }

  private static TensorStore golden(String name) {
    return TensorStore.open(MODELS.resolve(name + ".safetensors"));
  }

  /** The prompt is longer than the last bucket of distances is away. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "umt5"})
  void logitsAndGreedyTextAreThoseOfTransformers(String name) {
    try (Scope scope = ENGINE.scope("model");
        TensorStore golden = golden(name)) {
      TextModel base = TextModel.load(scope, MODELS.resolve(name + ".gguf"), DType.F32);
      double[] expected = tensor(golden, "logits").doubles();
      float[] found = logits(scope, base, golden);
      assertEquals(expected.length, found.length / KEPT);
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      double worst =
          IntStream.range(0, expected.length)
              .mapToDouble(i -> Math.abs(found[i * KEPT] - expected[i]))
              .max()
              .orElse(0);
      double allowed = name.equals("umt5") ? OWN_DISTANCES * ROUNDED : ROUNDED;
      assertTrue(worst <= allowed * scale, "off by " + worst + " of " + scale);
      assertArrayEquals(tokens(golden, "greedy"), greedy(scope, base, golden));
    }
  }

  /** Blocks that stay as they lie give what their numbers give, and a written folder too. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "flan-t5", "umt5"})
  void blocksAndAWrittenFolderGiveWhatNumbersGive(String name) {
    try (Scope scope = ENGINE.scope("model");
        TensorStore golden = golden(name)) {
      Path file = MODELS.resolve(name + ".gguf");
      TextModel numbers = TextModel.load(scope, file, DType.F32);
      float[] expected = logits(scope, numbers, golden);
      TextModel blocks =
          TextModel.load(
              scope, file, TextLoadOptions.in(BasePrecision.in(DType.F32).with(StoredBits.KEPT)));
      assertTrue(blocks.weights().forms().size() > 3, blocks.weights().forms().toString());
      assertArrayEquals(expected, logits(scope, blocks, golden));
      TextModelWriter.write(numbers, Map.of(), DType.F32, folder);
      TextModel again = TextModel.load(scope, folder, DType.F32);
      assertArrayEquals(expected, logits(scope, again, golden));
      assertEquals(numbers.sites().all().size(), again.sites().all().size());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "t5.attention.value_length,8,the width of a head",
    "t5.vocab_size,7,The file is damaged",
    "t5.attention.head_count_kv,1,is not known here",
    "t5.expert_count,2,is not known here"
  })
  void keyThatCannotBeComputedIsRefusedByName(String key, int value, String told)
      throws IOException {
    AlteredGguf file = AlteredGguf.of(MODELS.resolve("t5.gguf"));
    AlteredGguf free =
        key.endsWith("value_length") ? file.renamed(key, "tt.attention.value_length") : file;
    Path changed = free.with(key, value).write(folder.resolve("m.gguf"));
    ModelException refusal =
        assertThrows(ModelException.class, () -> TextModelOutline.network(changed));
    String message = refusal.getMessage();
    assertTrue(message.contains("'" + key + "' is " + value), message);
    assertTrue(message.contains(told), message);
  }

  @Test
  void weightsOfNoKnownNameAreToldOf() throws IOException {
    Path changed =
        AlteredGguf.of(MODELS.resolve("t5.gguf"))
            .renamed("enc.blk.1.ffn_norm.weight", "enc.blk.1.ffn_nurm.weight")
            .write(folder.resolve("m.gguf"));
    try (Scope scope = ENGINE.scope("model")) {
      ModelException refusal =
          assertThrows(ModelException.class, () -> TextModel.load(scope, changed, DType.F32));
      assertTrue(refusal.getMessage().contains("ffn_nurm"), refusal.getMessage());
    }
  }

  @Test
  void encoderAloneIsRefusedByName() throws IOException {
    Path encoder =
        AlteredGguf.of(MODELS.resolve("flan-t5.gguf"))
            .renamed("general.architecture", "general.architectura")
            .with("general.architecture", "t5encoder")
            .write(folder.resolve("m.gguf"));
    ModelException refusal =
        assertThrows(ModelException.class, () -> TextModelOutline.network(encoder));
    assertTrue(refusal.getMessage().contains("encoder of a T5 alone"), refusal.getMessage());
  }
}

package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.TensorInfo;
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
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.network.CausalNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Contexts beyond the first training, which take the long factors of longrope, against transformers
 * ({@code src/test/golden/long_contexts.py}).
 */
class LongContextTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Path RESOURCES = Path.of("src/test/resources");
  private static final TextLoadOptions F32 = TextLoadOptions.in(DType.F32);

  /** Of its 96 logits, every eighth is expected. */
  private static final int EVERY = 8;

  @TempDir Path folder;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static HostTensor expected(String name) {
    try (TensorStore all = TensorStore.open(RESOURCES.resolve("long-contexts.safetensors"))) {
      TensorInfo info = Optional.ofNullable(all.tensors().get(name)).orElseThrow();
      return HostTensor.of(info.dtype(), info.shape(), all.read(name));
    }
  }

  private static int[] tokens(String name) {
    return Arrays.stream(expected(name).doubles()).mapToInt(d -> (int) d).toArray();
  }

  /** Folder of a model; of the LLaMA, one whose positions are scaled by longrope. */
  private Path model(String name) throws IOException {
    Path given = RESOURCES.resolve("models").resolve(name);
    if (!name.equals("llama")) {
      return given;
    }
    JsonObject config =
        JsonParser.parseString(Files.readString(given.resolve("config.json"))).getAsJsonObject();
    config.add(
        "rope_parameters",
        JsonParser.parseString(
            """
            {"rope_type": "longrope", "rope_theta": 10000.0, "attention_factor": 1.25,
             "original_max_position_embeddings": 40,
             "short_factor": [1.0, 1.0, 1.5, 2.0], "long_factor": [1.0, 2.0, 4.0, 9.0]}"""));
    Files.writeString(folder.resolve("config.json"), config.toString());
    Files.copy(given.resolve("model.safetensors"), folder.resolve("model.safetensors"));
    return folder;
  }

  private static float[] logits(Scope scope, TextModel base, int rows, int... ids) {
    CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
    int length = ids.length / rows;
    Shape shape = Shape.of(rows, length);
    long[] positions = LongStream.range(0, ids.length).map(i -> i % length).toArray();
    long[] tokens = Arrays.stream(ids).asLongStream().toArray();
    Tensor found =
        programs
            .whole(Set.of())
            .run(
                scope,
                base.weights(),
                Map.of(
                    TokenInputs.IDS,
                    Tensor.ofLongs(scope, shape, tokens),
                    TokenInputs.POSITIONS,
                    Tensor.ofLongs(scope, shape, positions)))
            .get(0);
    return found.floats();
  }

  @ParameterizedTest
  @ValueSource(strings = {"phi4-mini", "llama"})
  void longTextsAreThoseOfTransformers(String name) throws IOException {
    try (Scope scope = ENGINE.scope("model")) {
      TextModel base = TextModel.load(scope, model(name), F32.withContext(120));
      assertEquals(120, base.network().longest());
      double[] logits = expected(name + ".logits").doubles();
      assertClose(logits, logits(scope, base, 2, tokens(name + ".ids")));
      CausalPrograms programs = new CausalPrograms(scope, base, (CausalNetwork) base.network());
      GenerationRequest request =
          GenerationRequest.greedy(tokens(name + ".prompt"), 30, MixPlan.NONE);
      assertArrayEquals(
          tokens(name + ".greedy"),
          new TextGenerator(programs).generate(scope, List.of(request)).get(0).added());
    }
  }

  private static void assertClose(double[] expected, float[] found) {
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      worst = Math.max(worst, Math.abs(expected[i] - found[i * EVERY]));
    }
    assertEquals(expected.length * EVERY, found.length);
    assertTrue(worst <= 1e-5 * scale, "off by " + worst + " of " + scale);
  }

  /** A model of one context has the same frequencies for all of its texts. */
  @Test
  void shorterTextsTakeTheLongFactorsToo() throws IOException {
    int[] all = tokens("phi4-mini.ids");
    int[] first = Arrays.copyOf(all, 12);
    double[] logits = expected("phi4-mini.logits").doubles();
    double[] begin = Arrays.copyOf(logits, logits.length / all.length * first.length);
    try (Scope scope = ENGINE.scope("model")) {
      TextModel base = TextModel.load(scope, model("phi4-mini"), F32.withContext(81));
      assertClose(begin, logits(scope, base, 1, first));
      TextModel shorter = TextModel.load(scope, model("phi4-mini"), F32.withContext(80));
      assertThrows(
          AssertionError.class, () -> assertClose(begin, logits(scope, shorter, 1, first)));
    }
  }

  @Test
  void contextOfTheFirstTrainingChangesNothingButTheLength() throws IOException {
    try (Scope scope = ENGINE.scope("model")) {
      int[] ids = {5, 9, 40, 7};
      TextModel plain = TextModel.load(scope, model("phi4-mini"), F32);
      TextModel asked = TextModel.load(scope, model("phi4-mini"), F32.withContext(60));
      assertEquals(80, plain.network().longest());
      assertEquals(60, asked.network().longest());
      assertArrayEquals(logits(scope, plain, 1, ids), logits(scope, asked, 1, ids));
      assertEquals(1, plain.notes().size());
      assertEquals("F32", plain.options().text());
      assertEquals("F32 context=60", asked.options().text());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "phi4-mini,129,at most 128",
    "phi3,64,Leave the context away",
    "gpt2,64,Leave the context away"
  })
  void contextsThatDoNotFitAreRefused(String name, int context, String said) {
    Path given = RESOURCES.resolve("models").resolve(name);
    TextLoadOptions options = F32.withContext(context);
    ModelException e =
        assertThrows(ModelException.class, () -> TextModelOutline.network(given, options));
    assertTrue(String.valueOf(e.getMessage()).contains(said), e.getMessage());
    try (Scope scope = ENGINE.scope("model")) {
      assertThrows(ModelException.class, () -> TextModel.load(scope, given, options));
    }
    assertThrows(IllegalArgumentException.class, () -> F32.withContext(1));
  }
}

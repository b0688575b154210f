package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.adapter.TargetLayers;
import dev.lora4j.core.train.run.TaskLoss;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.SequenceBatches;
import dev.lora4j.text.data.TokenSequence;
import dev.lora4j.text.encode.EncoderText;
import dev.lora4j.text.model.TextLoadOptions;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.pipeline.SmallClassifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Decoders that make vectors of texts, against transformers, sentence-transformers and PEFT: {@code
 * decoder_vectors.py}.
 */
class DecoderVectorsTest {
  private static final Lora4j LORA = Lora4j.open(EngineOptions.DEFAULT.threads(1));
  private static final ReferenceSteps GOLDEN = new ReferenceSteps("decoder-vectors.safetensors");
  private static final int ROWS = 4;
  private static final int LONGEST = 11;

  @TempDir private Path folder;

  @AfterAll
  static void close() {
    GOLDEN.close();
    LORA.close();
  }

  private SentenceEncoder open(String name, String pooling) throws IOException {
    Path model = SmallClassifier.write(name, folder.resolve(name + "-" + pooling));
    Files.writeString(
        model.resolve("modules.json"), "[{\"path\":\"pooling\",\"type\":\"a.Pooling\"}]");
    Files.writeString(
        Files.createDirectories(model.resolve("pooling")).resolve("config.json"),
        "{\"pooling_mode\":\"" + pooling + "\"}");
    return SentenceEncoder.open(LORA.engine().scope(name), model, TextLoadOptions.in(DType.F64));
  }

  private static int[] ids(int text) {
    double[] ids = GOLDEN.numbers("ids");
    int length = (int) GOLDEN.numbers("lengths")[text];
    return Arrays.stream(ids, text * LONGEST, text * LONGEST + length)
        .mapToInt(d -> (int) d)
        .toArray();
  }

  private static void assertVectors(String key, SentenceEncoder model, MixPlan mix) {
    List<EncoderText> texts =
        IntStream.range(0, 4 * ROWS).mapToObj(i -> EncoderText.of(ids(i)).with(mix)).toList();
    List<float[]> found = model.encode(texts);
    double[] expected = GOLDEN.numbers(key);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElseThrow();
    int width = model.width();
    for (int text = 0; text < found.size(); text++) {
      for (int i = 0; i < width; i++) {
        assertEquals(expected[text * width + i], found.get(text)[i], 1e-6 * scale, key);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "qwen3, 'q_proj,v_proj,down_proj'",
    "gpt2, c_attn",
    "gpt-neox, query_key_value",
    "opt, 'q_proj,fc1'"
  })
  void vectorsLossesAndGradientsAreThoseOfTheReference(String name, String targets)
      throws IOException {
    try (SentenceEncoder mean = open(name, "mean")) {
      assertVectors(name + "/mean", mean, MixPlan.NONE);
    }
    try (SentenceEncoder model = open(name, "lasttoken");
        Scope scope = model.model().scope().child("step")) {
      assertVectors(name + "/lasttoken", model, MixPlan.NONE);
      MatchedBatches texts = matches();
      SequenceTask task =
          new SequenceTask(
              new MatchLoss(model, texts, new RankingObjective(20, false)),
              AdapterRecipe.DEFAULT
                  .targets(TargetLayers.matching(targets.split(",", -1)))
                  .rank(2, 3)
                  .plan(model.model().base().sites().all()),
              new SequenceBatches(texts.learned(), ROWS, 0, false),
              List.of());
      TaskLoss program = ReferenceModel.staged(task);
      FlatLayout layout = program.factors().layout();
      GradientOf gradient = GradientOf.of(scope, program, task, layout, GOLDEN.start(name, layout));
      gradient.run(task.together(List.of(texts.learned())).get(0).inputs(scope));
      double expected = GOLDEN.numbers(name, "loss")[0];
      assertEquals(expected, gradient.loss(), 1e-9 * expected);
      GOLDEN.assertClose(name, "gradient", layout, gradient.values(), 1e-9, 1e-8);
    }
  }

  private static MatchedBatches matches() {
    List<MatchedText> all = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      all.add(new MatchedText(text(row), text(ROWS + row), List.of(text(2 * ROWS + row))));
    }
    return new MatchedBatches(all, List.of());
  }

  private static TokenSequence text(int number) {
    int[] ids = ids(number);
    return new TokenSequence(ids, new boolean[ids.length], new int[0], -1);
  }

  @Test
  void adaptersOfPeftAreReadAsTheirBaseHasThem() throws IOException {
    try (SentenceEncoder model = open("qwen3", "lasttoken")) {
      MixPlan mix =
          MixPlan.of(model.adapter(Path.of("src/test/resources/adapters/qwen3-vectors")), 1);
      assertVectors("qwen3/adapted", model, mix);
    }
  }

  /** Layers are named as in the saved model, with its head for classes and without one. */
  @ParameterizedTest
  @CsvSource({
    "qwen3, lm.layers.0.mlp.up_proj",
    "qwen3-classes, lm.model.layers.0.mlp.up_proj",
    "bert-tags, lm.bert.encoder.layer.0.intermediate.dense"
  })
  void layersHaveTheNamesOfTheSavedModel(String name, String layer) throws IOException {
    try (SentenceEncoder model = open(name, "mean")) {
      List<String> loaded = model.model().base().sites().all().stream().map(Site::name).toList();
      assertTrue(loaded.contains(layer), () -> loaded.toString());
      Path path = model.model().base().path();
      assertEquals(
          loaded,
          TextModelOutline.encoderLayers(path, name).sites().all().stream()
              .map(Site::name)
              .toList());
    }
  }

  /** A decoder whose folder says nothing of vectors writes texts. */
  @Test
  void decoderIsAnEncoderWhereItsFolderSaysSo() throws IOException {
    Path plain = SmallClassifier.write("qwen3", folder.resolve("plain"));
    String told =
        String.valueOf(
            assertThrows(IllegalArgumentException.class, () -> SentenceEncoder.open(LORA, plain))
                .getMessage());
    assertTrue(told.contains("modules.json"), told);
  }
}

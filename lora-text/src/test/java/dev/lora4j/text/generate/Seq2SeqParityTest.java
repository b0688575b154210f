package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.RoundingTolerance;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncodedInputs;
import dev.lora4j.text.network.OutputLoss;
import dev.lora4j.text.network.Seq2SeqNetwork;
import dev.lora4j.text.network.TokenInputs;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tiny encoder-decoder models of each kind against transformers ({@code
 * src/test/golden/seq2seq_models.py}).
 */
class Seq2SeqParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final int MOST = 64;

  /** Three layers of 6 sums in the encoder and of 10 in the decoder, of at most 40 products. */
  private static final double ROUNDED = RoundingTolerance.inSequence(DType.F32, 40, 3 * 6 + 3 * 10);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static final class Opened implements AutoCloseable {
    final Scope scope = ENGINE.scope("model");
    final TextModel base;
    final Seq2SeqPrograms programs;
    final GoldenTexts golden;

    Opened(String name) {
      base = TextModel.load(scope, GoldenTexts.folder(name), DType.F32);
      programs = new Seq2SeqPrograms(scope, base, (Seq2SeqNetwork) base.network());
      golden = new GoldenTexts(name, "expected.safetensors");
    }

    List<int[]> follow(List<int[]> inputs, SamplingSettings sampling) {
      List<GenerationRequest> starts =
          inputs.stream()
              .map(
                  p ->
                      new GenerationRequest(
                          p, MOST, Set.of(), sampling, 0, MixPlan.NONE, token -> false))
              .toList();
      return new TextGenerator(programs)
          .generate(scope, starts).stream().map(GeneratedTokens::added).toList();
    }

    @Override
    public void close() {
      golden.close();
      scope.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "mt5", "umt5", "flan-t5"})
  void paddedBatchLogitsAreThoseOfTransformers(String name) {
    try (Opened model = new Opened(name)) {
      Shape shape = model.golden.tensor("targets").shape();
      long[] positions = IntStream.range(0, 18).mapToLong(i -> i % 9).toArray();
      Tensor logits =
          model
              .programs
              .whole(Set.of())
              .run(
                  model.scope,
                  model.base.weights(),
                  Map.of(
                      OutputLoss.INPUT,
                      model.golden.tensor("ids").on(model.scope),
                      EncodedInputs.PRESENT,
                      model.golden.tensor("present").on(model.scope),
                      TokenInputs.IDS,
                      model.golden.tensor("targets").on(model.scope),
                      TokenInputs.POSITIONS,
                      Tensor.ofLongs(model.scope, shape, positions)))
              .get(0);
      double[] expected = model.golden.tensor("logits").doubles();
      double[] found = HostTensor.of(logits).doubles();
      double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
      assertEquals(expected.length, found.length);
      double worst =
          IntStream.range(0, found.length)
              .mapToDouble(i -> Math.abs(found[i] - expected[i]))
              .max()
              .orElse(0);
      assertTrue(worst <= ROUNDED * scale, "off by " + worst + " of " + scale);
    }
  }

  /** In one batch of inputs of different lengths. */
  @ParameterizedTest
  @ValueSource(strings = {"t5", "mt5", "umt5", "flan-t5"})
  void greedyTextIsThatOfTransformers(String name) {
    try (Opened model = new Opened(name)) {
      List<int[]> inputs = model.golden.inputs();
      assertSame(
          model.golden.rows("greedy"), model.follow(inputs, SamplingSettings.GREEDY), "greedy");
      assertSame(
          model.golden.rows("penalised"),
          model.follow(inputs, SamplingSettings.GREEDY.penalty(1.7)),
          "with a penalty");
    }
  }

  @Test
  void drawsOfARowIgnoreOtherRows() {
    try (Opened model = new Opened("t5")) {
      List<int[]> inputs = model.golden.inputs();
      SamplingSettings drawn = SamplingSettings.at(1.2).topK(20).topP(0.95);
      List<int[]> together = model.follow(inputs, drawn);
      for (int row = 0; row < inputs.size(); row++) {
        assertArrayEquals(
            model.follow(inputs.subList(row, row + 1), drawn).get(0), together.get(row));
      }
    }
  }

  private static void assertSame(List<int[]> expected, List<int[]> found, String what) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), what + ", input " + i);
    }
  }
}

package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.network.TokenInputs;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Log-probabilities of generated tokens, against the logits of the whole sequence. */
class TokenChoiceTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final double TOLERANCE = 1e-4;

  @TempDir private static Path temporary;
  private static ChanceModel model;

  @BeforeAll
  static void open() {
    model = new ChanceModel(ENGINE, temporary.resolve("model"));
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static GenerationRequest request(MixPlan mix, int likeliest) {
    GenerationRequest plain = ChanceModel.plain(11, 8);
    SamplingSettings sampling = SamplingSettings.at(1.5).topK(20).penalty(1.3);
    return new GenerationRequest(
            plain.prompt(), 8, plain.ends(), sampling, 4, mix, plain.listener())
        .logProbabilities(LogProbabilities.likeliest(likeliest));
  }

  /** Logits of the token after each of the sequence, [tokens][vocabulary]. */
  private static double[][] logits(GenerationRequest request, int[] added) {
    int[] all = IntStream.concat(Arrays.stream(request.prompt()), Arrays.stream(added)).toArray();
    try (Scope scope = model.scope.child("whole")) {
      Shape shape = Shape.of(1, all.length);
      long[] ids = Arrays.stream(all).asLongStream().toArray();
      long[] places = LongStream.range(0, all.length).toArray();
      Map<String, Tensor> inputs =
          Map.of(
              TokenInputs.IDS, Tensor.ofLongs(scope, shape, ids),
              TokenInputs.POSITIONS, Tensor.ofLongs(scope, shape, places));
      double[] flat =
          AdaptedLogits.of(scope, model.programs.base(), request.mix(), 1, inputs).doubles();
      int words = ChanceModel.WORDS;
      return IntStream.range(0, all.length)
          .mapToObj(i -> Arrays.copyOfRange(flat, i * words, (i + 1) * words))
          .toArray(double[][]::new);
    }
  }

  private static double logProbability(double[] logits, int token) {
    return logits[token] - Math.log(Arrays.stream(logits).map(Math::exp).sum());
  }

  private static void assertThoseOfTheModel(GenerationRequest request, GeneratedTokens found) {
    double[][] logits = logits(request, found.added());
    assertEquals(found.added().length, found.choices().size());
    for (int i = 0; i < found.added().length; i++) {
      double[] own = logits[request.prompt().length - 1 + i];
      TokenChoice choice = found.choices().get(i);
      assertEquals(found.added()[i], choice.chosen().token());
      assertEquals(
          logProbability(own, choice.chosen().token()), choice.chosen().value(), TOLERANCE);
      double[] sorted = Arrays.stream(own).sorted().toArray();
      for (int rank = 0; rank < choice.likeliest().size(); rank++) {
        TokenLogProbability likely = choice.likeliest().get(rank);
        assertEquals(logProbability(own, likely.token()), likely.value(), TOLERANCE);
        assertEquals(sorted[sorted.length - 1 - rank], own[likely.token()], TOLERANCE);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 5, 6})
  void valuesAreThoseOfTheModelAlone(int mix) {
    GenerationRequest request = request(model.mixes.get(mix), 5);
    GeneratedTokens batch;
    try (Scope work = model.scope.child("batch")) {
      batch = new TextGenerator(model.programs).generate(work, List.of(request)).get(0);
    }
    assertEquals(5, batch.choices().get(0).likeliest().size());
    assertThoseOfTheModel(request, batch);
    try (ContinuousGeneration generation = model.open(CacheLimits.rows(2))) {
      assertTrue(generation.join(ChanceModel.plain(30, 20)).isPresent());
      GenerationRow row = generation.join(request).orElseThrow();
      while (!row.done()) {
        for (RowToken token : generation.step()) {
          assertEquals(token.row() == row, token.choice().isPresent());
        }
      }
      assertThoseOfTheModel(request, row.generated());
    }
  }

  @Test
  void likeliestComeFirst() {
    TokenChoice choice = TokenChoice.of(new float[] {0, 2, 1, 2}, 2, 3);
    assertEquals(
        List.of(1, 3, 2), choice.likeliest().stream().map(TokenLogProbability::token).toList());
    assertEquals(choice.likeliest().get(2), choice.chosen());
    assertEquals(0, TokenChoice.of(new float[] {5}, 0, 4).chosen().value());
    assertEquals(1, TokenChoice.of(new float[] {5}, 0, 4).likeliest().size());
    assertTrue(TokenChoice.of(new float[] {5, 6}, 0, 0).likeliest().isEmpty());
  }

  @Test
  void requestsWithoutThemGetNone() {
    try (Scope work = model.scope.child("batch")) {
      List<GenerationRequest> requests = List.of(ChanceModel.plain(5, 4), request(MixPlan.NONE, 0));
      List<GeneratedTokens> found = new TextGenerator(model.programs).generate(work, requests);
      assertTrue(found.get(0).choices().isEmpty());
      assertEquals(8, found.get(1).choices().size());
    }
  }

  @Test
  void beamsTellNone() {
    GenerationRequest request =
        ChanceModel.plain(5, 4).logProbabilities(LogProbabilities.likeliest(1));
    String refusal =
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    new TextGenerator(model.programs)
                        .generate(model.scope, List.of(request), BeamSettings.of(2)))
            .getMessage();
    assertTrue(refusal.contains("log-probabilities"), refusal);
  }
}

package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.generate.BeamSettings.Stopping;
import dev.lora4j.text.model.TextModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Beam search against that of transformers ({@code src/test/golden/seq2seq_models.py}), which
 * searched from each input alone; here all inputs are one batch.
 */
class BeamParityTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final int MOST = 64;
  private static final Map<String, Stopping> STOPPING =
      Map.of("early", Stopping.EARLY, "late", Stopping.LIKELY, "never", Stopping.NEVER);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private record Opened(Scope scope, TextGenerator generator, int end) implements AutoCloseable {
    static Opened of(String name) {
      Scope scope = ENGINE.scope("model");
      TextModel base = TextModel.load(scope, GoldenTexts.folder(name), DType.F32);
      TextPrograms programs = TextPrograms.of(scope, base).orElseThrow();
      return new Opened(scope, new TextGenerator(programs), name.equals("llama") ? 73 : 1);
    }

    List<GenerationRequest> starts(List<int[]> inputs) {
      return inputs.stream()
          .map(
              p ->
                  new GenerationRequest(
                      p, MOST, Set.of(end), SamplingSettings.GREEDY, 0, MixPlan.NONE, t -> false))
          .toList();
    }

    @Override
    public void close() {
      scope.close();
    }
  }

  @ParameterizedTest
  @CsvSource({"t5,expected", "mt5,expected", "umt5,expected", "flan-t5,expected", "llama,beams"})
  void bestBeamsAndScoresAreThoseOfTransformers(String name, String file) {
    try (Opened model = Opened.of(name);
        GoldenTexts golden = new GoldenTexts(name, file + ".safetensors")) {
      List<GenerationRequest> starts = model.starts(golden.inputs());
      int cases = 0;
      for (double penalty : new double[] {1.0, 0.6, 2.0, -1.0}) {
        for (Map.Entry<String, Stopping> stopping : STOPPING.entrySet()) {
          String key = "beams." + penalty + "." + stopping.getKey();
          BeamSettings settings =
              BeamSettings.of(4).lengthPenalty(penalty).stopping(stopping.getValue());
          List<GeneratedTokens> found = model.generator.generate(model.scope, starts, settings);
          List<int[]> expected = golden.unpadded(key + "/tokens");
          double[] scores = golden.tensor(key + "/scores").doubles();
          List<Float> own = scores(model, starts, settings);
          for (int i = 0; i < starts.size(); i++) {
            String what = name + " " + key + ", input " + i;
            assertArrayEquals(expected.get(i), found.get(i).added(), what);
            assertEquals(scores[i], own.get(i), 1e-4 * Math.abs(scores[i]), what);
            int[] added = expected.get(i);
            assertEquals(added[added.length - 1] == model.end, found.get(i).ended(), what);
            cases++;
          }
        }
      }
      assertEquals(12 * starts.size(), cases);
    }
  }

  private static List<Float> scores(
      Opened model, List<GenerationRequest> starts, BeamSettings settings) {
    List<Float> scores = new ArrayList<>();
    AdaptedBatch.each(
        model.scope,
        model.generator.programs(),
        starts,
        batch -> model.generator.beams(batch, settings).forEach(b -> scores.add(b.best().score())));
    return scores;
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "llama"})
  void chanceAndSeveralBeamsAreRefused(String name) {
    try (Opened model = Opened.of(name)) {
      GenerationRequest drawn =
          new GenerationRequest(
              new int[] {3}, 4, Set.of(), SamplingSettings.at(1), 0, MixPlan.NONE, t -> false);
      BeamSettings settings = BeamSettings.of(2);
      IllegalArgumentException refused =
          assertThrows(
              IllegalArgumentException.class,
              () -> model.generator.generate(model.scope, List.of(drawn), settings));
      assertTrue(String.valueOf(refused.getMessage()).contains("num_beams"));
    }
  }
}

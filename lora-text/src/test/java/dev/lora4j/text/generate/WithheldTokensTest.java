package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderFeatures;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WithheldTokensTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final GenerationRequest START =
      GenerationRequest.greedy(new int[] {3, 5, 7}, 12, MixPlan.NONE);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void theyBecomeImpossible() {
    WithheldTokens tokens = new WithheldTokens(Set.of(1, 9), Set.of(2));
    float never = Float.NEGATIVE_INFINITY;
    float[] logits = {1, 2, 3, 4};
    tokens.apply(logits, 0);
    assertArrayEquals(new float[] {1, never, never, 4}, logits);
    float[] later = {1, 2, 3, 4};
    tokens.apply(later, 1);
    assertArrayEquals(new float[] {1, never, 3, 4}, later);
  }

  /** Tokens that would come are withheld, first at the first place and then at all. */
  @ParameterizedTest
  @CsvSource({"t5,1", "t5,3", "llama,1", "llama,3"})
  void theyNeverCome(String name, int beams) {
    try (Scope scope = ENGINE.scope("withheld")) {
      TextModel base = TextModel.load(scope, GoldenTexts.folder(name), DType.F32);
      TextGenerator generator = new TextGenerator(TextPrograms.of(scope, base).orElseThrow());
      int[] free = grown(generator, scope, START, beams);
      int[] begun =
          grown(
              generator,
              scope,
              START.withheld(new WithheldTokens(Set.of(), Set.of(free[0]))),
              beams);
      assertTrue(begun[0] != free[0], Arrays.toString(begun));
      Set<Integer> all = Set.copyOf(IntStream.of(free).boxed().distinct().toList());
      int[] other =
          grown(generator, scope, START.withheld(new WithheldTokens(all, Set.of())), beams);
      assertEquals(12, other.length);
      assertFalse(IntStream.of(other).anyMatch(all::contains), Arrays.toString(other));
    }
  }

  private static int[] grown(
      TextGenerator generator, Scope scope, GenerationRequest start, int beams) {
    return generator.generate(scope, List.of(start), BeamSettings.of(beams)).get(0).added();
  }

  @ParameterizedTest
  @ValueSource(strings = {"t5", "llama"})
  void featuresAreRefusedByAModelOfTokens(String name) {
    EncoderFeatures features =
        new EncoderFeatures() {
          @Override
          public String name() {
            return "sound";
          }

          @Override
          public String digest() {
            return "sound";
          }

          @Override
          public float[] values() {
            return new float[3];
          }
        };
    try (Scope scope = ENGINE.scope("features")) {
      TextModel base = TextModel.load(scope, GoldenTexts.folder(name), DType.F32);
      TextGenerator generator = new TextGenerator(TextPrograms.of(scope, base).orElseThrow());
      List<GenerationRequest> starts = List.of(START.features(features));
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> generator.generate(scope, starts));
      assertTrue(String.valueOf(refused.getMessage()).contains("reads tokens"));
    }
  }
}

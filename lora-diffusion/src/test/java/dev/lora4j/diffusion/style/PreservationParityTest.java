package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step that preserves a class against diffusers and PEFT, by {@code preservation.py}. */
class PreservationParityTest {
  private static final double WEIGHT = 0.75;
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/preservation.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static PredictionLoss loss(DiffusionModel model) {
    ClassPreservation how = new ClassPreservation(List.of("zkw"), "", WEIGHT);
    return new PreservedLoss(model, how, (caption, storable) -> StagedParity.none());
  }

  @Test
  void everyGoldenCaseIsTested() {
    Set<String> tested =
        Arrays.stream(StagedParity.Case.values())
            .map(StagedParity.Case::toString)
            .collect(Collectors.toSet());
    assertEquals(tested, GOLDEN.cases("loss"));
  }

  @ParameterizedTest
  @EnumSource
  void lossesAndGradientInF32(StagedParity.Case at) {
    compare(at, DType.F32, 1e-5, 1e-4);
  }

  @ParameterizedTest
  @EnumSource
  void lossesAndGradientInF64(StagedParity.Case at) {
    // Embeddings of sizes and timesteps are computed in F32.
    compare(at, DType.F64, 1e-7, 1e-6);
  }

  private static void compare(StagedParity.Case at, DType type, double ofLoss, double ofGradient) {
    try (Scope scope = ENGINE.scope(at.toString())) {
      StagedParity staged = StagedParity.of(scope, at, type, PreservationParityTest::loss);
      StagedParity.Numbers found = staged.run(scope, staged.start(false), List.of("class"));
      found
          .losses()
          .forEach(
              (name, loss) -> {
                double expected = GOLDEN.of(at, name)[0];
                assertEquals(expected, loss, ofLoss * expected, name);
              });
      GOLDEN.assertGradient(at, staged.layout(), found.gradient(), ofGradient);
    }
  }

  @ParameterizedTest
  @EnumSource
  void freshAdapterHasTheStepOfPicturesAlone(StagedParity.Case at) {
    try (Scope scope = ENGINE.scope(at.toString())) {
      StagedParity kept = StagedParity.of(scope, at, DType.F64, PreservationParityTest::loss);
      StagedParity.Numbers fresh = kept.run(scope, kept.start(true), List.of("class"));
      StagedParity plain = StagedParity.of(scope, at, DType.F64, model -> PredictionLoss.NOISE);
      StagedParity.Numbers alone = plain.run(scope, plain.start(true), List.of());
      assertEquals(0.0, fresh.losses().get("distance"));
      assertEquals(alone.losses().get("loss"), fresh.losses().get("loss"));
      assertArrayEquals(alone.gradient(), fresh.gradient(), 1e-12);
    }
  }
}

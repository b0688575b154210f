package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.slider.SliderSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A step of a slider against diffusers and PEFT by the paper's target, by {@code sliders.py}. */
class SliderParityTest {
  private static final double ETA = 2.5;
  private static final Engine ENGINE = Engine.open();
  private static final ParityNumbers GOLDEN =
      new ParityNumbers(Path.of("src/test/resources/sliders.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  private static PredictionLoss loss(DiffusionModel model) {
    return new SliderLoss(
        model, SliderSettings.of("", "more", "less").strength(ETA), prompt -> StagedParity.none());
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
      StagedParity staged = StagedParity.of(scope, at, type, SliderParityTest::loss);
      StagedParity.Numbers found =
          staged.run(scope, staged.start(false), List.of("positive", "negative"));
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
  void freshAdapterIsAsFarAsTheDirectionIsLong(StagedParity.Case at) {
    try (Scope scope = ENGINE.scope(at.toString())) {
      StagedParity staged = StagedParity.of(scope, at, DType.F64, SliderParityTest::loss);
      StagedParity.Numbers fresh =
          staged.run(scope, staged.start(true), List.of("positive", "negative"));
      double direction = GOLDEN.of(at, "direction")[0];
      assertEquals(4, fresh.losses().size());
      fresh.losses().forEach((name, loss) -> assertEquals(direction, loss, 1e-6 * direction, name));
      assertEquals(0, fresh.gradientOf(staged.layout(), ".down"), "of factors that are times 0");
      assertTrue(fresh.gradientOf(staged.layout(), ".up") > 1e-3);
    }
  }
}

package dev.lora4j.diffusion.train.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The loss of held-out pictures. */
class ValidationTest {
  private static final Shape SHAPE = Shape.of(4, 8, 8);
  private static final ObjectiveSettings SETTINGS =
      ObjectiveSettings.DEFAULT.with(NoiseSettings.offset(0.1).withInputPerturbation(0.1));
  private static final Objective TRAINING =
      new Objective(Golden.schedule(Prediction.V_PREDICTION), SETTINGS);

  private static LatentSample picture(long number) {
    return LatentSample.of(SHAPE, Objective.gaussians(SeededNoise.of(number), 256));
  }

  @Test
  void theGridIsTheMiddlesOfEqualParts() {
    List<SampleDraw> draws = new Validation(TRAINING, 1, 4).draws(0, picture(0));
    assertEquals(
        List.of(125.0, 375.0, 625.0, 875.0),
        draws.stream().map(d -> d.level().timestep()).toList());
  }

  @Test
  void validationNoiseIsFixedPerPictureAndTimestep() {
    List<SampleDraw> draws = new Validation(TRAINING, 1, 3).draws(7, picture(0));
    List<SampleDraw> again = new Validation(TRAINING, 1, 3).draws(7, picture(0));
    List<SampleDraw> other = new Validation(TRAINING, 1, 3).draws(8, picture(0));
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(draws.get(i).noise(), again.get(i).noise());
      assertEquals(draws.get(i).noise(), draws.get(i).inputNoise());
      assertFalse(Arrays.equals(draws.get(i).noise(), other.get(i).noise()));
    }
    assertFalse(Arrays.equals(draws.get(0).noise(), draws.get(1).noise()));
    double mean = 0;
    for (float value : draws.get(0).noise()) {
      mean += value / 256;
    }
    assertEquals(0, mean, 5.0 / 16);
  }

  @Test
  void equalWeightsGiveEqualBits() {
    try (Lora4j lora = Lora4j.open();
        Scope scope = lora.engine().scope("test")) {
      Validation validation = new Validation(TRAINING, 1, 5);
      try (Program program = program(scope, validation)) {
        float[] first = losses(scope, program, validation, 0.3f);
        assertArrayEquals(first, losses(scope, program, validation, 0.3f));
        assertFalse(Arrays.equals(first, losses(scope, program, validation, 0.30001f)));
        assertEquals(10, first.length);
      }
    }
  }

  @Test
  void zeroTimestepsAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> new Validation(TRAINING, 1, 0));
  }

  /** A network of one number. */
  private static Program program(Scope scope, Validation validation) {
    Graph graph = new Graph();
    StagedObjective staged = validation.objective().stage(graph, 4);
    Expr scale = graph.input("scale", DType.F32, Shape.of());
    Expr predicted = staged.noisy().mul(scale).tanh();
    return graph.inference(scope, List.of(staged.losses(predicted)));
  }

  private static float[] losses(Scope scope, Program program, Validation validation, float scale) {
    List<LatentSample> samples = new ArrayList<>();
    List<SampleDraw> draws = new ArrayList<>();
    for (int picture = 0; picture < 2; picture++) {
      draws.addAll(validation.draws(picture, picture(picture)));
      samples.addAll(Collections.nCopies(5, picture(picture)));
    }
    List<Tensor> inputs = new ArrayList<>(validation.objective().batch(scope, samples, draws));
    inputs.add(Tensor.scalar(scope, scale));
    return program.run(scope, inputs).get(0).floats();
  }
}

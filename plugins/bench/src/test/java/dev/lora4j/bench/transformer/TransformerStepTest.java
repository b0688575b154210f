package dev.lora4j.bench.transformer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Engine;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TransformerStepTest {
  private static final TransformerSize SMALL = new TransformerSize(2, 5, 2, 32, 4, 4);

  @TempDir private Path folder;

  @Test
  void lossesEqualThoseOfDjlOverSteps() {
    StepInputs inputs = StepInputs.of(SMALL);
    try (Engine engine = Engine.open();
        StagedStep ours = new StagedStep(engine, inputs);
        DjlStep djl = new DjlStep(inputs)) {
      double[] losses = ours.check();
      assertEquals(6, losses.length);
      assertArrayEquals(losses, djl.check(), TransformerStep.TOLERANCE * losses[0]);
      for (int i = 1; i < losses.length; i++) {
        double change = Math.abs(losses[i] - losses[i - 1]) / losses[0];
        assertTrue(
            change > 20 * TransformerStep.TOLERANCE,
            "a step more or less would be seen: " + change);
      }
      // Whatever is released after a step was not needed by the next.
      assertEquals(3, djl.run(3).length);
      assertEquals(2, ours.run(2).length);
    }
  }

  @Test
  void peersOfOtherProcessesGetTheSameInputs() {
    StepInputs inputs = StepInputs.of(SMALL);
    Path file = inputs.write(folder.resolve("step.safetensors"));
    try (TensorStore store = TensorStore.open(file)) {
      assertEquals(2 + 2 * 13 + 2 * 8, store.tensors().size());
      assertEquals(inputs.x().bytes(), store.read("x"));
      String up = "transformer.blocks.1.to_o.up";
      assertEquals(inputs.factors().get(up).bytes(), store.read(up));
    }
  }

  /** The share of each part, counted by hand for a size without equal numbers. */
  @Test
  void theWorkOfAStepIsCounted() {
    TransformerSize size = new TransformerSize(3, 7, 1, 10, 2, 4);
    double forward = 12 * 100 + 8 * 10 * 4 + 2 * 7 * 10;
    double layers = 12 * 100 - 3 * 100;
    double factors = 2 * 8 * 10 * 4 - 3 * 10 * 4;
    double attention = 2 * 2 * 7 * 10;
    assertEquals(2 * 21 * (forward + layers + factors + attention), size.work().flops(), 1e-6);
  }
}

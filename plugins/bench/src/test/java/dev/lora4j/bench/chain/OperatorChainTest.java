package dev.lora4j.bench.chain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OperatorChainTest {
  /** Both sides against the same arithmetic in Java, at the beginning and far along the chain. */
  @Test
  void contendersComputeTheChain() {
    try (Engine engine = Engine.open()) {
      for (int links : new int[] {2, 200}) {
        ChainInputs inputs = ChainInputs.of(links);
        double[] expected = expected(inputs);
        try (StagedChain ours = new StagedChain(engine, inputs);
            DjlChain djl = new DjlChain(inputs)) {
          assertArrayEquals(expected, ours.check(), 1e-5);
          assertArrayEquals(expected, djl.check(), 1e-5);
          assertEquals(3, ours.run(3).length);
          assertEquals(2, djl.run(2).length);
          assertArrayEquals(expected, ours.check(), 1e-5);
          assertArrayEquals(expected, djl.check(), 1e-5);
        }
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        assertTrue(largest > 0.1 && largest < 10, "values neither vanish nor grow: " + largest);
      }
    }
  }

  private static double[] expected(ChainInputs inputs) {
    double[] x = floats(inputs.x());
    double[] weight = floats(inputs.weight());
    double[] down = floats(inputs.down());
    double[] up = floats(inputs.up());
    int width = ChainInputs.WIDTH;
    int rank = ChainInputs.RANK;
    for (int link = 0; link < inputs.links(); link++) {
      double[] next = new double[x.length];
      for (int row = 0; row < ChainInputs.ROWS; row++) {
        for (int out = 0; out < width; out++) {
          double sum = x[row * width + out];
          for (int in = 0; in < width; in++) {
            sum += x[row * width + in] * weight[(link * width + out) * width + in];
            for (int r = 0; r < rank; r++) {
              sum +=
                  ChainInputs.SCALE
                      * up[(link * width + out) * rank + r]
                      * down[(link * rank + r) * width + in]
                      * x[row * width + in];
            }
          }
          next[row * width + out] = sum / (1 + Math.exp(-sum));
        }
      }
      x = next;
    }
    return x;
  }

  private static double[] floats(dev.lora4j.core.tensor.host.HostTensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().elements())];
    tensor.bytes().asFloatBuffer().get(values);
    double[] result = new double[values.length];
    for (int i = 0; i < result.length; i++) {
      result[i] = values[i];
    }
    return result;
  }
}

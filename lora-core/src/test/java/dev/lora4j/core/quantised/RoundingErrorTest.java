package dev.lora4j.core.quantised;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.tensor.Shape;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How far rounded numbers are from normally distributed ones, as docs/quantised.md says it. */
class RoundingErrorTest {
  private static final int WIDTH = 512;

  static Stream<Arguments> errors() {
    return Stream.of(
        Arguments.of(new Nf4(64, true), 0.092),
        Arguments.of(new Nf4(64, false), 0.092),
        Arguments.of(new Fp4(64, true), 0.12),
        Arguments.of(new Int8(), 0.0075),
        Arguments.of(new Fp8(), 0.026));
  }

  @ParameterizedTest
  @MethodSource("errors")
  void distanceOfNormalNumbers(Quantisation how, double expected) {
    float[] values = new float[WIDTH * WIDTH];
    SplittableRandom random = new SplittableRandom(3);
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian() * 0.02f;
    }
    QuantisedWeight weight = how.quantised(values, Shape.of(WIDTH, WIDTH));
    float[] rounded = new float[values.length];
    weight.form().numbers(weight.parts(), weight.shape(), 0, rounded);
    double distance = 0;
    double norm = 0;
    for (int i = 0; i < values.length; i++) {
      distance += Math.pow(rounded[i] - values[i], 2);
      norm += Math.pow(values[i], 2);
    }
    assertEquals(expected, Math.sqrt(distance / norm), 0.05 * expected, how.canonical());
  }
}

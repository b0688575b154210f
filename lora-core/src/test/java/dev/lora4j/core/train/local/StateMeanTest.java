package dev.lora4j.core.train.local;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Means of states with a product of rank 1 and a number beside it. */
class StateMeanTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("tests");
  private static final FlatLayout LAYOUT =
      FlatLayout.of(
          List.of(
              new Parameter("a.down", Shape.of(1, 2), Parameter.Init.ZEROS),
              new Parameter("a.up", Shape.of(2, 1), Parameter.Init.ZEROS),
              new Parameter("b", Shape.of(1), Parameter.Init.ZEROS)));

  @AfterAll
  static void close() {
    SCOPE.close();
    ENGINE.close();
  }

  private static StateMean mean(OuterStep outer) {
    return new StateMean(SCOPE, LAYOUT, List.of(new StateMean.Factors("a.down", "a.up")), outer);
  }

  private static Map<String, HostTensor> contents(float steps, float... weights) {
    return Map.of(
        "weights", HostTensor.of(Shape.of(5), weights),
        "m", HostTensor.of(Shape.of(5), weights),
        "steps", HostTensor.of(Shape.of(), steps));
  }

  private static float[] found(Map<String, HostTensor> all, String name) {
    return Objects.requireNonNull(all.get(name)).floats();
  }

  /** The mean of the changes is diag(1/2, 3/2); the product of the means is not near to it. */
  @Test
  void changesAreAveragedAndAllElseNumberByNumber() {
    HostTensor before = HostTensor.of(Shape.of(5), new float[5]);
    Map<String, HostTensor> all =
        mean(OuterStep.AVERAGE)
            .of(
                before,
                List.of(
                    new StateMean.Part(contents(7, 1, 0, 1, 0, 4), 0.5),
                    new StateMean.Part(contents(8, 0, 1, 0, 3, 8), 0.5)));
    float[] w = found(all, "weights");
    float[] product = {w[2] * w[0], w[2] * w[1], w[3] * w[0], w[3] * w[1]};
    assertArrayEquals(new float[] {0, 0, 0, 1.5f}, product, 1e-6f);
    assertEquals(6, w[4]);
    assertArrayEquals(new float[] {0.5f, 0.5f, 0.5f, 1.5f, 6}, found(all, "m"));
    assertEquals(8, found(all, "steps")[0]);
  }

  @Test
  void oneResultStaysAsItIs() {
    Map<String, HostTensor> one = contents(3, 1, 2, 3, 4, 5);
    HostTensor before = HostTensor.of(Shape.of(5), new float[5]);
    assertSame(one, mean(OuterStep.AVERAGE).of(before, List.of(new StateMean.Part(one, 1))));
  }

  @Test
  void outerStepGoesAShareOfTheWay() {
    Map<String, HostTensor> one = contents(3, 1, 2, 3, 4, 5);
    HostTensor before = HostTensor.of(Shape.of(5), new float[5]);
    Map<String, HostTensor> half =
        mean(new OuterStep(0.5, 0)).of(before, List.of(new StateMean.Part(one, 1)));
    assertArrayEquals(new float[] {0.5f, 1, 1.5f, 2, 2.5f}, found(half, "weights"));
    assertArrayEquals(new float[] {1, 2, 3, 4, 5}, found(half, "m"));
  }
}

package dev.lora4j.core.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.adapter.training.TrainedFactors;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.AdamW;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.ScheduleFreeAdamW;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Against the definition in kohya's sd-scripts: two linear sites and two convolutions. */
class MaxNormTest {
  private static final Engine ENGINE = Engine.open();
  private static final Path GOLDEN =
      Path.of("src/test/resources/dev/lora4j/core/train/maxnorm.safetensors");
  private static final double MOST = 1.5;
  private static final List<MaxNorm.Layer> LAYERS =
      List.of(layer("a", 2.0 / 4), layer("b", 2.0 / 4), layer("c", 3.0 / 2), layer("d", 3.0 / 2));
  private static final List<Parameter> FACTORS =
      List.of(
          parameter("a.down", 4, 6),
          parameter("a.up", 5, 4),
          parameter("b.down", 4, 6),
          parameter("b.up", 5, 4),
          parameter("c.down", 2, 3, 3, 3),
          parameter("c.up", 4, 2, 1, 1),
          parameter("d.down", 2, 3, 3, 3),
          parameter("d.up", 4, 2, 1, 1),
          parameter("d.bias", 4),
          parameter("e.down", 2, 3));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static Parameter parameter(String name, long... sizes) {
    return new Parameter(name, Shape.of(sizes), Parameter.Init.ZEROS);
  }

  private static MaxNorm.Layer layer(String site, double scale) {
    return new MaxNorm.Layer(List.of(site + ".down", site + ".up"), scale, MaxNormTest::norm);
  }

  private static Expr norm(List<Expr> factors) {
    Map<String, Expr> parts = Map.of("down", factors.get(0), "up", factors.get(1));
    Expr one = factors.get(0).graph().constant(1, DType.F64);
    Site site = Site.linear("any", Shape.of(5, 6), false); // LoRA's norm needs its factors alone
    return new LoraTraining().norm(site, new TrainedFactors(parts, one, SiteDropout.NONE));
  }

  private static TrainingStep step(
      Scope scope, DType type, Optimizer optimizer, List<Parameter> parameters) {
    Graph graph = new Graph();
    FlatParameters trained = new FlatParameters(graph, type);
    Expr loss = graph.constant(0, type);
    for (Parameter p : parameters) {
      loss = loss.add(trained.leaf(p).sum());
    }
    return TrainingStep.compile(scope, trained, loss, StepSettings.of(optimizer, 0));
  }

  private static double[] golden(String name) {
    try (Safetensors file = Safetensors.open(GOLDEN)) {
      var info = file.tensors().get(name);
      return HostTensor.owning(info.dtype(), info.shape(), file.bytes(name)).doubles();
    }
  }

  /** The factors of the golden; 7 in all other weights. */
  private static TrainingState begin(Scope scope, TrainingStep step) {
    float[] weights = new float[(int) step.layout().length()];
    Arrays.fill(weights, 7);
    double[] start = golden("start");
    for (int i = 0; i < start.length; i++) {
      weights[i] = (float) start[i];
    }
    return TrainingState.begin(scope, step, weights);
  }

  /** Likewise, but for the first weight. */
  private static TrainingState begin(Scope scope, TrainingStep step, float first) {
    float[] weights = begin(scope, step).weights().floats();
    weights[0] = first;
    return TrainingState.begin(scope, step, weights);
  }

  private static MaxNorm compile(Scope scope, TrainingStep step) {
    return MaxNorm.compile(scope, step, step.layout(), MOST, LAYERS);
  }

  @ParameterizedTest
  @CsvSource({"F64, 1e-14", "F32, 1e-6"})
  void normScalingFollowsSdScripts(DType type, double tolerance) {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, type, AdamW.DEFAULT, FACTORS);
        MaxNorm norm = compile(scope, step)) {
      TrainingState state = begin(scope, step);
      MaxNorm.Scaled scaled = norm.apply(state);
      double[] found = HostTensor.of(state.weights()).doubles();
      double[] expected = golden("scaled");
      assertArrayEquals(expected, Arrays.copyOf(found, expected.length), tolerance);
      for (int i = expected.length; i < found.length; i++) {
        assertEquals(7, found[i]);
      }
      double[] result = golden("result");
      assertEquals(result[0], scaled.count());
      assertEquals(result[1], scaled.mean(), tolerance);
      assertEquals(result[2], scaled.greatest(), tolerance);
    }
  }

  @Test
  void factorsBelowTheMaximumStayToTheBit() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F32, AdamW.DEFAULT, FACTORS);
        MaxNorm norm = compile(scope, step)) {
      TrainingState state = begin(scope, step);
      assertEquals(2, norm.apply(state).count());
      Map<String, HostTensor> once = state.contents();
      assertEquals(0, norm.apply(state).count());
      assertEquals(once, state.contents());
    }
  }

  @ParameterizedTest
  @ValueSource(floats = {Float.NaN, Float.POSITIVE_INFINITY})
  void nonFiniteNormScalesNothing(float poison) {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F32, AdamW.DEFAULT, FACTORS);
        MaxNorm norm = compile(scope, step)) {
      TrainingState state = begin(scope, step, poison);
      Map<String, HostTensor> before = state.contents();
      MaxNorm.Scaled scaled = norm.apply(state);
      assertFalse(Double.isFinite(scaled.greatest()));
      assertEquals(0, scaled.count());
      assertEquals(before, state.contents());
    }
  }

  @Test
  void normWithOverflowingSquareIsScaled() {
    try (Scope scope = ENGINE.scope("test");
        TrainingStep step = step(scope, DType.F32, AdamW.DEFAULT, FACTORS);
        MaxNorm norm = compile(scope, step)) {
      TrainingState state = begin(scope, step, 1e30f);
      assertEquals(3, norm.apply(state).count());
      assertEquals(0, norm.apply(state).count());
      assertEquals(MOST, norm.apply(state).greatest(), 1e-5);
    }
  }

  @Test
  void unsupportedOptimizersLayersAndLimitsAreRefused() {
    try (Scope scope = ENGINE.scope("test")) {
      TrainingStep averaging = step(scope, DType.F32, ScheduleFreeAdamW.DEFAULT, FACTORS);
      refused("schedule_free_adamw", () -> compile(scope, averaging));
      TrainingStep bias = step(scope, DType.F32, AdamW.DEFAULT, List.of(parameter("a.bias", 3)));
      refused("a.down", () -> compile(scope, bias));
      refused("No layer", () -> MaxNorm.compile(scope, bias, bias.layout(), MOST, List.of()));
      TrainingStep step = step(scope, DType.F32, AdamW.DEFAULT, FACTORS);
      FlatLayout other = FlatLayout.of(FACTORS.subList(0, 4));
      MaxNorm norm = MaxNorm.compile(scope, step, other, MOST, LAYERS.subList(0, 2));
      refused("another way", () -> norm.apply(begin(scope, step)));
      for (double most : new double[] {0, -1, Double.NaN}) {
        assertThrows(
            IllegalArgumentException.class,
            () -> MaxNorm.compile(scope, step, step.layout(), most, LAYERS));
      }
    }
  }

  private static void refused(String part, Runnable work) {
    String message = assertThrows(TensorException.class, work::run).getMessage();
    assertTrue(message.contains(part), message);
  }
}

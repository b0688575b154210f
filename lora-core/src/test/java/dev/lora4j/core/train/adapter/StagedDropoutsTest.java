package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.SiteDropout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** What each kind leaves out, how often, and what becomes of the rest. */
class StagedDropoutsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("dropouts");
  private static final int SAMPLES = 8;
  private static final int TOKENS = 16;
  private static final int WIDTH = 64;
  private static final int LAYERS = 100;
  private static final double PROBABILITY = 0.25;
  private static final double KEPT = 1 / (1 - PROBABILITY);
  private static final Site SITE = Site.linear("unet.to_q", Shape.of(WIDTH, WIDTH), false);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** Ones after the dropouts of two layers, and of the second use of one. */
  private static final class Dropped implements AutoCloseable {
    private final Program program;
    private final List<Tensor> ones;

    Dropped(Dropouts dropouts, Shape shape, BiFunction<SiteDropout, Expr, Expr> drop) {
      Graph graph = new Graph();
      StagedDropouts staged = new StagedDropouts(graph, dropouts, LAYERS);
      Expr x = graph.input("x", DType.F32, shape);
      List<Expr> layers = new ArrayList<>();
      for (int layer : List.of(0, LAYERS - 1)) {
        layers.add(drop.apply(staged.at(layer, 0), x));
      }
      layers.add(drop.apply(staged.at(0, 1), x));
      program = graph.inference(SCOPE, layers);
      double[] values = new double[(int) shape.elements()];
      Arrays.fill(values, 1);
      ones = List.of(HostTensor.of(DType.F32, shape, values).on(SCOPE));
    }

    List<double[]> at(long seed, long step) {
      try (Scope work = SCOPE.child("run")) {
        List<Tensor> inputs = new ArrayList<>(StagedDropouts.inputs(work, seed, step));
        inputs.addAll(ones);
        return program.run(work, inputs).stream().map(t -> HostTensor.of(t).doubles()).toList();
      }
    }

    @Override
    public void close() {
      program.close();
    }
  }

  private static double share(double[] values, double value) {
    return DoubleStream.of(values).filter(v -> Math.abs(v - value) < 1e-6).count()
        / (double) values.length;
  }

  private static void requireOnly(double[] values, double kept, double tolerance) {
    assertEquals(PROBABILITY, share(values, 0), tolerance);
    assertEquals(1, share(values, 0) + share(values, kept));
  }

  private static void requireDeterminism(Dropped dropped) {
    List<double[]> first = dropped.at(3, 5);
    assertArrayEquals(first.get(0), dropped.at(3, 5).get(0));
    assertFalse(Arrays.equals(first.get(0), first.get(1)), "another layer");
    assertFalse(Arrays.equals(first.get(0), first.get(2)), "another use");
    assertFalse(Arrays.equals(first.get(1), first.get(2)), "a use and a layer");
    assertFalse(Arrays.equals(first.get(0), dropped.at(3, 6).get(0)), "another step");
    assertFalse(Arrays.equals(first.get(0), dropped.at(4, 5).get(0)), "another seed");
  }

  /** torch.nn.functional.dropout, as PEFT's lora_dropout. */
  @Test
  void inputDropoutDropsElementsAndRescales() {
    Shape shape = Shape.of(SAMPLES, TOKENS, WIDTH);
    try (Dropped dropped =
        new Dropped(new Dropouts(PROBABILITY, 0, 0, 0), shape, SiteDropout::input)) {
      requireOnly(dropped.at(0, 0).get(0), KEPT, 0.02);
      requireDeterminism(dropped);
    }
  }

  /** The same between the factors, as kohya's network_dropout. */
  @Test
  void networkDropoutDropsElementsAndRescales() {
    Shape shape = Shape.of(SAMPLES, TOKENS, WIDTH);
    try (Dropped dropped =
        new Dropped(
            new Dropouts(0, PROBABILITY, 0, 0), shape, (d, inner) -> d.directions(SITE, inner))) {
      requireOnly(dropped.at(0, 0).get(0), KEPT, 0.02);
      requireDeterminism(dropped);
    }
  }

  /** kohya's rank_dropout: one mask for each sample, whatever the token. */
  @Test
  void rankDropoutDropsDirectionsPerSample() {
    Shape shape = Shape.of(SAMPLES, TOKENS, WIDTH);
    try (Dropped dropped =
        new Dropped(
            new Dropouts(0, 0, PROBABILITY, 0), shape, (d, inner) -> d.directions(SITE, inner))) {
      double[] values = dropped.at(0, 0).get(0);
      requireOnly(values, KEPT, 0.06);
      double[] masks = new double[SAMPLES * WIDTH];
      for (int i = 0; i < values.length; i++) {
        int sample = i / (TOKENS * WIDTH);
        int direction = i % WIDTH;
        masks[sample * WIDTH + direction] = values[sample * TOKENS * WIDTH + direction];
        assertEquals(masks[sample * WIDTH + direction], values[i]);
      }
      assertFalse(
          Arrays.equals(Arrays.copyOf(masks, WIDTH), Arrays.copyOfRange(masks, WIDTH, 2 * WIDTH)));
      requireDeterminism(dropped);
    }
  }

  /** LyCORIS's rank_dropout of LoHa and LoKr, without its rank_dropout_scale. */
  @Test
  void rankDropoutOfDeltasDropsRowsWithoutRescaling() {
    try (Dropped dropped =
        new Dropped(
            new Dropouts(0, 0, PROBABILITY, 0),
            Shape.of(WIDTH, WIDTH),
            (d, delta) -> d.rows(SITE, delta))) {
      double zeros = 0;
      for (int step = 0; step < 20; step++) {
        double[] values = dropped.at(0, step).get(0);
        zeros += share(values, 0) / 20;
        assertEquals(1, share(values, 0) + share(values, 1));
        for (int i = 0; i < values.length; i++) {
          assertEquals(values[i / WIDTH * WIDTH], values[i]);
        }
      }
      assertEquals(PROBABILITY, zeros, 0.05);
      requireDeterminism(dropped);
    }
  }

  /** Beside a layer the same rows of the change are left out as inside of it. */
  @Test
  void outputsOfDroppedRowsAreDropped() {
    Dropouts dropouts = new Dropouts(0, 0, PROBABILITY, 0);
    try (Dropped rows =
            new Dropped(dropouts, Shape.of(WIDTH, 1), (d, delta) -> d.rows(SITE, delta));
        Dropped outputs = new Dropped(dropouts, Shape.of(1, WIDTH), (d, y) -> d.outputs(SITE, y))) {
      assertArrayEquals(rows.at(1, 2).get(1), outputs.at(1, 2).get(1));
    }
  }

  /** kohya's and LyCORIS's module_dropout: nothing grows in return. */
  @Test
  void moduleDropoutDropsWholeLayersForAStep() {
    try (Dropped dropped =
        new Dropped(
            new Dropouts(0, 0, 0, PROBABILITY),
            Shape.of(1),
            (d, x) -> x.mul(d.module().orElseThrow()))) {
      double zeros = 0;
      boolean apart = false;
      for (int step = 0; step < 200; step++) {
        List<double[]> layers = dropped.at(0, step);
        assertArrayEquals(layers.get(0), layers.get(2), "another use");
        for (double[] one : layers.subList(0, 2)) {
          assertTrue(one[0] == 0 || one[0] == 1);
          zeros += (1 - one[0]) / 400;
        }
        apart |= layers.get(0)[0] != layers.get(1)[0];
      }
      assertEquals(PROBABILITY, zeros, 0.08);
      assertTrue(apart, "layers are dropped one by one");
      assertArrayEquals(dropped.at(0, 7).get(0), dropped.at(0, 7).get(0));
    }
  }
}

package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.DropoutKind;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
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
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Dropouts of adapters in training: what steps see of them, and evaluation does not. */
class AdapterDropoutTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("dropouts");
  private static final int IN = 8;
  private static final int OUT = 6;
  private static final int RANK = 4;
  private static final int SAMPLES = 20_000;
  private static final double PROBABILITY = 0.25;
  private static final Site SITE = Site.linear("unet.attn1.to_q", Shape.of(OUT, IN), false);

  private static final Map<Dropouts, Layer> LAYERS = new HashMap<>();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Collection<String> methods() {
    return TrainableMethods.all().keySet();
  }

  private static Dropouts with(Set<DropoutKind> kinds) {
    double[] p = new double[DropoutKind.values().length];
    kinds.forEach(kind -> p[kind.stream()] = PROBABILITY);
    return new Dropouts(p[0], p[1], p[2], p[3]);
  }

  @ParameterizedTest
  @MethodSource("methods")
  void stepsRepeatAndEvaluationDropsNothing(String name) {
    AdapterRecipe recipe =
        AdapterRecipe.DEFAULT
            .method(TrainableMethods.named(name, Map.of()))
            .targets(TargetLayers.of(TargetPreset.ALL))
            .rank(2, 2);
    AdapterPlan plan = recipe.dropouts(with(recipe.method().dropouts())).plan(SmallNet.sites());
    StagedAdapter evaluated = TrainedNet.staged(plan.withoutDropouts());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F32)) {
      float[] initial = net.initial(1);
      double[] flat = SmallNet.values(Shape.of(initial.length), 5, 0.3).doubles();
      double[] first = net.run(flat, initial, 0).output();
      assertArrayEquals(first, net.run(flat, initial, 0).output());
      boolean drops = !recipe.method().dropouts().isEmpty();
      assertEquals(drops, !Arrays.equals(first, net.run(flat, initial, 1).output()));
      assertEquals(net.adapter().layout().slots(), evaluated.layout().slots());
      assertArrayEquals(initial, evaluated.initial(SCOPE, 1, net::weight));
      assertTrue(evaluated.inputs(SCOPE, 1, 0, 0).isEmpty());
      assertEquals(plan.elements(), plan.withoutDropouts().elements());
    }
  }

  /** What is compensated keeps its mean; a module that is left out does not. */
  @ParameterizedTest
  @EnumSource(DropoutKind.class)
  void loraWithDropoutKeepsItsMean(DropoutKind kind) {
    double[] without = mean(Dropouts.NONE, 0, 1);
    double[] base = base();
    if (kind == DropoutKind.MODULE) {
      int kept = 0;
      for (int step = 0; step < 100; step++) {
        double[] y = mean(with(Set.of(kind)), step, 1);
        boolean dropped = TrainedNet.error(base, y) < 1e-6;
        assertTrue(dropped || TrainedNet.error(without, y) < 1e-6);
        kept += dropped ? 0 : 1;
      }
      assertEquals(1 - PROBABILITY, kept / 100.0, 0.15);
    } else {
      double[] y = mean(with(Set.of(kind)), 0, SAMPLES);
      assertTrue(TrainedNet.error(without, y) < 0.02, "" + TrainedNet.error(without, y));
      assertTrue(TrainedNet.error(base, y) > 0.2);
    }
  }

  private static double[] base() {
    double[] weight = SmallNet.values(SITE.weight(), 1, 0.3).doubles();
    double[] y = new double[OUT];
    for (int i = 0; i < weight.length; i++) {
      y[i / IN] += weight[i];
    }
    return y;
  }

  private static double[] mean(Dropouts dropouts, long step, int samples) {
    return LAYERS.computeIfAbsent(dropouts, Layer::new).mean(step, samples);
  }

  /** LoRA at one layer, and the mean of its output over samples that are all 1. */
  private static final class Layer {
    private final StagedAdapter adapter;
    private final Program program;

    Layer(Dropouts dropouts) {
      AdapterRecipe recipe =
          AdapterRecipe.DEFAULT
              .targets(TargetLayers.matching("to_q"))
              .rank(RANK, RANK)
              .dropouts(dropouts);
      Graph graph = new Graph();
      adapter = new StagedAdapter(new FlatParameters(graph, DType.F32), recipe.plan(List.of(SITE)));
      Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, IN));
      Expr y =
          Weights.of(graph, "unet", new FrozenWeights(DType.F32, ""), adapter)
              .linear("attn1.to_q", x, OUT, false);
      program = graph.inference(SCOPE, List.of(y.over(0).mean()));
    }

    double[] mean(long step, int samples) {
      try (Scope work = SCOPE.child("run")) {
        double[] ones = new double[samples * IN];
        Arrays.fill(ones, 1);
        List<Tensor> inputs = new ArrayList<>(adapter.inputs(work, 3, step, step));
        inputs.add(HostTensor.of(DType.F32, Shape.of(samples, IN), ones).on(work));
        float[] initial = adapter.initial(work, 1, site -> Tensor.scalar(work, 0));
        Map<String, Tensor> held = new HashMap<>(adapter.held(work, initial));
        adapter
            .layout()
            .slots()
            .forEach(
                slot ->
                    held.put(
                        slot.parameter().name(),
                        SmallNet.values(slot.parameter().shape(), slot.offset(), 0.7).on(work)));
        held.put("attn1.to_q.weight", SmallNet.values(SITE.weight(), 1, 0.3).on(work));
        Tensor y = program.run(work, program.hold(work, held::get), inputs).get(0);
        return HostTensor.of(y).doubles();
      }
    }
  }
}

package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.RowAdapters;
import dev.lora4j.core.mix.RowFactors;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A layer that a network uses three times: one site, whose adapters act at each use. */
class RepeatedLayerTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Scope SCOPE = ENGINE.scope("repeated");
  private static final MergedParameter PATCH = new MergedParameter(SCOPE);
  private static final int WIDTH = 6;
  private static final int TOKENS = 4;
  private static final int USES = 3;
  private static final double SCALE = 2;
  private static final Site SITE = Site.linear("m.layer", Shape.of(WIDTH, WIDTH), false);
  private static final HostTensor BASE = SmallNet.values(SITE.weight(), 2, 0.4);
  private static final HostTensor X = SmallNet.values(Shape.of(2, TOKENS, WIDTH), 1, 1);

  /** Adapters of the two rows, of rank 1 and 2. */
  private static final List<MixPlan> PLANS = List.of(plan(1), plan(2));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static HostTensor down(int rank) {
    return SmallNet.values(Shape.of(rank, WIDTH), rank, 0.5);
  }

  private static HostTensor up(int rank) {
    return SmallNet.values(Shape.of(WIDTH, rank), rank + 10, 0.5);
  }

  private static MixPlan plan(int rank) {
    Adapter adapter =
        new Adapter(
            "rank " + rank,
            Map.of(SITE.name(), List.of(LoraMath.factors(down(rank), up(rank), SCALE * rank))),
            Map.of());
    return MixPlan.of(adapter, 1).route(Route.UNMERGED);
  }

  private static Expr net(Graph graph, LayerAdapters adapters, DType type, Expr x) {
    Weights weights = Weights.of(graph, "m", new FrozenWeights(type, ""), adapters);
    Expr y = x;
    for (int use = 0; use < USES; use++) {
      y = weights.use(use).linear("layer", y, WIDTH, false).tanh();
    }
    return y;
  }

  private static Expr input(Graph graph, DType type) {
    return graph.input("x", type, Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, WIDTH));
  }

  /** The net's output with a weight in place of the base's, and with adapters beside it. */
  private static double[] run(
      Scope work,
      HostTensor weight,
      Function<Graph, SiteAdapters> adapters,
      Map<String, Tensor> held,
      Map<String, Tensor> data) {
    Graph graph = new Graph();
    SiteAdapters beside = adapters.apply(graph);
    Expr y = net(graph, beside, DType.F32, input(graph, DType.F32));
    Program program = graph.inference(work, List.of(y));
    assertEquals(
        program.heldInputs().size(),
        program.heldInputs().stream().map(Graph.Input::name).distinct().count());
    Map<String, Tensor> inputs = new HashMap<>(data);
    inputs.put("x", X.on(work));
    Tensor base = weight.on(work);
    return HostTensor.of(
            program
                .run(work, program.hold(work, name -> held.getOrDefault(name, base)), inputs)
                .get(0))
        .doubles();
  }

  /** Each row by the weight that its adapter makes. */
  private static double[] expected(Scope work) {
    double[] all = new double[X.doubles().length];
    int each = all.length / PLANS.size();
    for (int row = 0; row < PLANS.size(); row++) {
      int rank = row + 1;
      double[] weight = BASE.doubles();
      for (int i = 0; i < weight.length * rank; i++) {
        int at = i / rank;
        double up = up(rank).doubles()[at / WIDTH * rank + i % rank];
        weight[at] += SCALE * up * down(rank).doubles()[i % rank * WIDTH + at % WIDTH];
      }
      HostTensor changed = HostTensor.of(DType.F32, SITE.weight(), weight);
      double[] made = run(work, changed, graph -> SiteAdapters.NONE, Map.of(), Map.of());
      System.arraycopy(made, row * each, all, row * each, each);
    }
    return all;
  }

  @Test
  void unmergedAdaptersActAtEachUse() {
    BatchMix mix = new BatchMix(PLANS, new SiteCatalogue(List.of(SITE)), "m");
    try (Scope work = SCOPE.child("unmerged")) {
      Tensor shares = Tensor.of(work, Shape.of(2, mix.columns()), mix.weights(List.of(0, 1), 0, 1));
      double[] made =
          run(
              work,
              BASE,
              graph -> new UnmergedAdapters(mix.unmergedSites()).declare(graph),
              mix.factors(work, PATCH),
              Map.of(UnmergedAdapters.WEIGHTS, shares));
      assertTrue(TrainedNet.error(expected(work), made) < 1e-5);
    }
  }

  @Test
  void adaptersOfARowActAtEachUse() {
    List<BatchMix> rows =
        PLANS.stream()
            .map(p -> new BatchMix(List.of(p), new SiteCatalogue(List.of(SITE)), "m"))
            .toList();
    try (Scope work = SCOPE.child("rows");
        RowFactors factors = new RowFactors(work, PATCH, DType.F32, rows, 2)) {
      factors.write(0, rows.get(0));
      factors.write(1, rows.get(1));
      double[] made =
          run(
              work,
              BASE,
              graph -> new RowAdapters(factors.sites(), DType.F32).declare(graph),
              factors.tensors(),
              factors.inputs(work, 0));
      assertTrue(TrainedNet.error(expected(work), made) < 1e-5);
    }
  }

  /** An adapter in training, with its loss and gradient. */
  private record Trained(StagedAdapter adapter, Program program) {
    static Trained of(Scope work, Dropouts dropouts, boolean segments) {
      AdapterPlan plan =
          AdapterRecipe.DEFAULT
              .targets(TargetLayers.matching("layer"))
              .rank(2, 2 * SCALE)
              .dropouts(dropouts)
              .plan(List.of(SITE));
      Graph graph = new Graph();
      FlatParameters parameters = new FlatParameters(graph, DType.F64);
      StagedAdapter adapter = new StagedAdapter(parameters, plan);
      Expr x = input(graph, DType.F64);
      Expr y =
          segments
              ? graph.checkpoint(() -> List.of(net(graph, adapter, DType.F64, x))).get(0)
              : net(graph, adapter, DType.F64, x);
      Expr loss = y.pow(2).mean();
      return new Trained(
          adapter, graph.training(work, List.of(loss.detach(), parameters.gradient(loss))));
    }

    /** The loss, then the gradient. */
    double[] run(Scope work, double[] flat) {
      List<Tensor> inputs = new ArrayList<>(adapter.inputs(work, 7, 3, 3));
      inputs.add(X.on(work, DType.F64));
      Map<String, Tensor> held = new HashMap<>(adapter.held(work, new float[flat.length]));
      adapter
          .layout()
          .slots()
          .forEach(
              slot -> {
                Parameter p = slot.parameter();
                int from = (int) slot.offset();
                double[] own = Arrays.copyOfRange(flat, from, from + (int) p.shape().elements());
                held.put(p.name(), HostTensor.of(DType.F64, p.shape(), own).on(work));
              });
      Tensor base = BASE.on(work, DType.F64);
      List<Tensor> out =
          program.run(work, program.hold(work, n -> held.getOrDefault(n, base)), inputs);
      double[] gradient = HostTensor.of(out.get(1)).doubles();
      double[] all = new double[1 + gradient.length];
      all[0] = HostTensor.of(out.get(0)).doubles()[0];
      System.arraycopy(gradient, 0, all, 1, gradient.length);
      return all;
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3})
  void gradientsAddUpOverTheUses(double dropout) {
    try (Scope work = SCOPE.child("trained")) {
      Dropouts dropouts = new Dropouts(dropout, 0, 0, 0);
      Trained net = Trained.of(work, dropouts, false);
      assertEquals(1, net.adapter().count());
      double[] flat = SmallNet.values(Shape.of(4 * WIDTH), 5, 0.5).doubles();
      double[] made = net.run(work, flat);
      assertArrayEquals(made, Trained.of(work, dropouts, true).run(work, flat));
      for (int i = 0; i < flat.length; i += 5) {
        double[] more = flat.clone();
        double[] less = flat.clone();
        more[i] += 1e-5;
        less[i] -= 1e-5;
        double slope = (net.run(work, more)[0] - net.run(work, less)[0]) / 2e-5;
        assertEquals(slope, made[1 + i], 1e-7);
      }
    }
  }
}

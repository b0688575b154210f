package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
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
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Rows with adapters of their own, against the adapters of each row alone. */
class RowFactorsTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Site FIRST = Site.linear("m.first", Shape.of(6, 4), false);
  private static final Site SECOND = Site.linear("m.second", Shape.of(5, 6), false);
  private static final Site KERNEL = Site.convolution("m.kernel", Shape.of(3, 4, 3, 3), 1, 1);
  private static final SiteCatalogue CATALOGUE = new SiteCatalogue(List.of(FIRST, SECOND, KERNEL));
  private static final int TOKENS = 3;

  private Scope scope;
  private MergedParameter patch;

  @BeforeEach
  void open() {
    scope = ENGINE.scope("rows");
    patch = new MergedParameter(scope);
  }

  @AfterEach
  void close() {
    scope.close();
  }

  @AfterAll
  static void closeEngine() {
    ENGINE.close();
  }

  private static float[] numbers(Random random, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static Factors lora(Random random, Site site, int rank, DType down, DType up) {
    Shape in = site.weight().with(0, rank);
    Shape out = Shape.of(site.out(), rank);
    if (site.convolution()) {
      out = Shape.of(site.out(), rank, 1, 1);
    }
    return LoraMath.factors(
        HostTensor.of(down, in, numbers(random, Math.toIntExact(in.elements()))),
        HostTensor.of(up, out, numbers(random, Math.toIntExact(out.elements()))),
        1.5);
  }

  private static Factors lokr(Random random) {
    Map<String, HostTensor> tensors =
        Map.of(
            "lokr_w1", HostTensor.of(Shape.of(2, 2), numbers(random, 4)),
            "lokr_w2_a", HostTensor.of(Shape.of(3, 1), numbers(random, 3)),
            "lokr_w2_b", HostTensor.of(Shape.of(1, 2), numbers(random, 2)));
    return Factors.of("lokr", tensors, Map.of("alpha", "1.0"));
  }

  private static Adapter adapter(int seed, int rank, DType down, DType up, Site... sites) {
    Random random = new Random(seed);
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : sites) {
      all.put(site.name(), List.of(lora(random, site, rank, down, up)));
    }
    return new Adapter("adapter " + seed, all, Map.of());
  }

  private static BatchMix mix(MixPlan... plans) {
    return new BatchMix(
        List.of(plans).stream().map(p -> p.route(Route.UNMERGED)).toList(), CATALOGUE, "m");
  }

  private static HostTensor rows(int count) {
    return HostTensor.of(
        Shape.of(count, TOKENS, 4), numbers(new Random(count), count * TOKENS * 4));
  }

  /** The second layer's output, whose input is that of the first; each adds its adapters to 0. */
  private static List<Expr> network(Graph graph, SiteAdapters adapters) {
    Expr x = graph.input("x", DType.F32, Shape.of(Shape.UNKNOWN, TOKENS, 4));
    Expr one = adapters.adapt(FIRST, x, product(graph, x, 6));
    // A single vector for each row, as where the next token is computed.
    Expr last = one.select(1, TOKENS - 1);
    return List.of(
        adapters.adapt(SECOND, one, product(graph, one, 5)),
        adapters.adapt(SECOND, last, product(graph, last, 5)));
  }

  private static Expr product(Graph graph, Expr x, int out) {
    return x.slice(-1, 0, 1).mul(graph.constant(0.5, DType.F32)).mul(ones(graph, out));
  }

  private static Expr ones(Graph graph, int size) {
    return Constants.ones(graph, DType.F32, Dim.of(size));
  }

  private List<HostTensor> alone(BatchMix row, HostTensor x) {
    Graph graph = new Graph();
    Set<String> sites = row.unmergedSites();
    SiteAdapters adapters =
        sites.isEmpty() ? SiteAdapters.NONE : new UnmergedAdapters(sites).declare(graph);
    Program program = graph.inference(scope, network(graph, adapters));
    Map<String, Tensor> held = row.factors(scope, patch);
    Map<String, Tensor> inputs = new HashMap<>(Map.of("x", x.on(scope)));
    inputs.put(
        UnmergedAdapters.WEIGHTS,
        Tensor.of(scope, Shape.of(1, row.columns()), row.weights(List.of(0), 0, 1)));
    return run(program, held, inputs);
  }

  private List<HostTensor> together(RowFactors factors, int first, HostTensor x) {
    Graph graph = new Graph();
    SiteAdapters adapters = new RowAdapters(factors.sites(), DType.F32).declare(graph);
    Program program = graph.inference(scope, network(graph, adapters));
    Map<String, Tensor> inputs = new HashMap<>(factors.inputs(scope, first));
    inputs.put("x", x.on(scope));
    return run(program, factors.tensors(), inputs);
  }

  private List<HostTensor> run(
      Program program, Map<String, Tensor> held, Map<String, Tensor> inputs) {
    List<Tensor> out =
        program.heldInputs().isEmpty()
            ? program.run(scope, inputs)
            : program.run(
                scope, program.hold(scope, name -> Objects.requireNonNull(held.get(name))), inputs);
    return out.stream().map(HostTensor::of).toList();
  }

  private static HostTensor row(HostTensor x, int row) {
    double[] all = x.doubles();
    int size = all.length / (int) x.shape().size(0);
    float[] own = new float[size];
    for (int i = 0; i < size; i++) {
      own[i] = (float) all[row * size + i];
    }
    return HostTensor.of(x.shape().with(0, 1), own);
  }

  private void assertRows(RowFactors factors, int first, List<BatchMix> mixes) {
    HostTensor x = rows(mixes.size());
    List<HostTensor> found = together(factors, first, x);
    for (int i = 0; i < mixes.size(); i++) {
      List<HostTensor> expected = alone(mixes.get(i), row(x, i));
      for (int output = 0; output < expected.size(); output++) {
        assertArrayEquals(
            expected.get(output).doubles(),
            row(found.get(output), i).doubles(),
            1e-4,
            "row " + i + ", output " + output);
      }
    }
  }

  @Test
  void eachRowHasItsOwnAdapters() {
    Adapter a = adapter(1, 2, DType.F32, DType.F32, FIRST, SECOND);
    Adapter b = adapter(2, 3, DType.F32, DType.F32, FIRST, SECOND);
    Adapter half = adapter(3, 1, DType.F16, DType.F16, SECOND);
    Adapter both = adapter(4, 2, DType.BF16, DType.F32, FIRST);
    Adapter other =
        new Adapter("lokr", Map.of(FIRST.name(), List.of(lokr(new Random(5)))), Map.of());
    List<BatchMix> mixes =
        List.of(
            mix(MixPlan.of(a, 0.7)),
            mix(MixPlan.of(b, -1).with(a, 0.5)),
            mix(MixPlan.NONE),
            mix(MixPlan.of(half, 1)),
            mix(MixPlan.of(both, 2).with(half, 1)),
            mix(MixPlan.of(other, 0.5)),
            mix(MixPlan.of(a, 0.25).with(a, 0.25)));
    assertTrue(mixes.stream().allMatch(RowFactors::suits));
    try (RowFactors factors = new RowFactors(scope, patch, DType.F32, mixes, 9)) {
      assertEquals(List.of(FIRST, SECOND), factors.sites());
      assertTrue(mixes.stream().allMatch(factors::takes));
      for (int i = 0; i < mixes.size(); i++) {
        factors.write(i + 2, mixes.get(i));
      }
      assertRows(factors, 2, mixes);
      assertRows(factors, 4, mixes.subList(2, 5));
    }
  }

  @Test
  void writtenRowLeavesNothingOfTheOneBefore() {
    BatchMix wide = mix(MixPlan.of(adapter(1, 4, DType.F32, DType.F32, FIRST, SECOND), 1));
    BatchMix narrow = mix(MixPlan.of(adapter(2, 1, DType.F16, DType.F16, SECOND), 1));
    BatchMix none = mix(MixPlan.NONE);
    try (RowFactors factors = new RowFactors(scope, patch, DType.F32, List.of(wide), 3)) {
      for (int slot = 0; slot < 3; slot++) {
        factors.write(slot, wide);
      }
      factors.write(0, narrow);
      factors.write(1, none);
      assertRows(factors, 0, List.of(narrow, none, wide));
    }
  }

  /** A copied slot may be written to in the same moment. */
  @Test
  void slotsAreCopiedAllAtOnce() {
    List<BatchMix> mixes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      mixes.add(mix(MixPlan.of(adapter(i, 2, DType.F32, DType.F32, FIRST, SECOND), 1)));
    }
    try (RowFactors factors = new RowFactors(scope, patch, DType.F32, mixes, 4)) {
      for (int slot = 0; slot < 3; slot++) {
        factors.write(slot, mixes.get(slot));
      }
      factors.copy(new int[] {0, 1, 2}, new int[] {1, 0, 3});
      assertRows(factors, 0, List.of(mixes.get(1), mixes.get(0), mixes.get(2), mixes.get(2)));
    }
  }

  @Test
  void roomIsForLinearLayersOfLittleRank() {
    BatchMix small = mix(MixPlan.of(adapter(1, 2, DType.F32, DType.F32, FIRST), 1));
    try (RowFactors factors = new RowFactors(scope, patch, DType.F32, List.of(small), 1)) {
      assertTrue(factors.takes(mix(MixPlan.NONE)));
      assertFalse(factors.takes(mix(MixPlan.of(adapter(2, 3, DType.F32, DType.F32, FIRST), 1))));
      assertFalse(factors.takes(mix(MixPlan.of(adapter(3, 1, DType.F32, DType.F32, SECOND), 1))));
    }
    assertFalse(RowFactors.suits(mix(MixPlan.of(adapter(4, 1, DType.F32, DType.F32, KERNEL), 1))));
  }
}

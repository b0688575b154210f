package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.hydra.HydraMethod;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters whose effect depends on the input: HydraLoRA, against its formulas in PyTorch. */
class RoutedAdaptersTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));
  private static final Scope SCOPE = ENGINE.scope("routed");
  private static final MergedParameter PATCH = new MergedParameter(SCOPE);
  private static final Site LAYER = Site.linear("m.layer", Shape.of(8, 12), true);
  private static final SiteCatalogue CATALOGUE = new SiteCatalogue(List.of(LAYER));
  private static final Safetensors GOLDEN =
      Safetensors.open(
          Path.of("src/test/resources/dev/lora4j/core/adapter/methods/hydra.safetensors"));

  @AfterAll
  static void close() {
    GOLDEN.close();
    ENGINE.close();
  }

  static Set<String> cases() {
    return GOLDEN.tensors().keySet().stream()
        .map(name -> name.substring(0, name.indexOf('/')))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static HostTensor golden(String at, String name) {
    TensorInfo info = Objects.requireNonNull(GOLDEN.tensors().get(at + "/" + name), name);
    return HostTensor.of(info.dtype(), info.shape(), GOLDEN.read(at + "/" + name));
  }

  private static Factors factors(String at) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    tensors.put(HydraMethod.DOWN, golden(at, "lora_A.weight"));
    tensors.put(HydraMethod.ROUTER, golden(at, HydraMethod.ROUTER));
    for (int i = 0; GOLDEN.tensors().containsKey(at + "/" + HydraMethod.head(i)); i++) {
      tensors.put(HydraMethod.head(i), golden(at, HydraMethod.head(i)));
    }
    String alpha = Double.toString(golden(at, "alpha").doubles()[0]);
    return Factors.of(HydraMethod.NAME, tensors, Map.of("alpha", alpha));
  }

  private static Adapter adapter(String name, Factors factors) {
    return new Adapter(name, Map.of(LAYER.name(), List.of(factors)), Map.of());
  }

  private static MixPlan hydra(String at) {
    return MixPlan.of(adapter(at, factors(at)), 1);
  }

  /** A LoRA of the factor of inputs and one head. */
  private static Factors lora(Factors hydra, int head) {
    return LoraMath.factors(
        hydra.tensor(HydraMethod.DOWN),
        hydra.tensor(HydraMethod.head(head)),
        hydra.structure().number("alpha"));
  }

  private static BatchMix mix(MixPlan... plans) {
    return new BatchMix(
        Arrays.stream(plans).map(p -> p.route(Route.UNMERGED)).toList(), CATALOGUE, "m");
  }

  /** Outputs of the adapters alone, each row by its own plan. */
  private static double[] added(DType type, HostTensor x, MixPlan... plans) {
    BatchMix mix = mix(plans);
    try (Scope work = SCOPE.child("added")) {
      Graph graph = new Graph();
      Expr in = graph.input("x", type, x.shape().with(0, Shape.UNKNOWN));
      Expr zero = in.slice(-1, 0, 8).mul(0);
      Expr y =
          new UnmergedAdapters(mix.unmergedSites(), type).declare(graph).adapt(LAYER, in, zero);
      Program program = graph.inference(work, List.of(y));
      Map<String, Tensor> held = mix.factors(work, PATCH, type);
      List<Integer> rows = IntStream.range(0, plans.length).boxed().toList();
      Map<String, Tensor> inputs = new HashMap<>(Map.of("x", x.on(work, type)));
      inputs.put(
          UnmergedAdapters.WEIGHTS,
          Tensor.of(work, Shape.of(plans.length, mix.columns()), mix.weights(rows, 0, 1)));
      Tensor out =
          program
              .run(
                  work,
                  program.hold(work, name -> Objects.requireNonNull(held.get(name), name)),
                  inputs)
              .get(0);
      return HostTensor.of(out).doubles();
    }
  }

  private static double[] whole(String at, DType type) {
    double[] base = base(at);
    double[] y = added(type, golden(at, "x"), hydra(at));
    return Mixing.sum(y, base);
  }

  /** The layer without adapters, [3, 4, 8]. */
  private static double[] base(String at) {
    double[] x = golden(at, "x").doubles();
    double[] weight = golden(at, "weight").doubles();
    double[] bias = golden(at, "bias").doubles();
    double[] y = new double[x.length / 12 * 8];
    for (int i = 0; i < y.length; i++) {
      y[i] = bias[i % 8];
      for (int k = 0; k < 12; k++) {
        y[i] += x[i / 8 * 12 + k] * weight[i % 8 * 12 + k];
      }
    }
    return y;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputsAreThoseOfTheFormulas(String at) {
    double[] truth = golden(at, "y").doubles();
    assertTrue(Mixing.error(whole(at, DType.F32), truth) <= 1e-6, at);
    assertTrue(Mixing.error(whole(at, DType.BF16), truth) <= 2e-2, at);
    assertTrue(Mixing.error(base(at), truth) > 1e-2, at);
  }

  /** A single vector for each row, as where the next token is computed. */
  @ParameterizedTest
  @MethodSource("cases")
  void singleVectorsAreTheFirstTokens(String at) {
    HostTensor x = golden(at, "x");
    float[] first = new float[12];
    for (int i = 0; i < first.length; i++) {
      first[i] = (float) x.doubles()[i];
    }
    double[] alone = added(DType.F32, HostTensor.of(Shape.of(1, 12), first), hydra(at));
    double[] truth = added(DType.F32, x, hydra(at));
    assertTrue(Mixing.error(alone, Arrays.copyOf(truth, 8)) <= 1e-6, at);
  }

  @Test
  void oneHeadIsALoraToTheBit() {
    Factors one = factors("one-head");
    HostTensor x = golden("one-head", "x");
    assertArrayEquals(
        added(DType.F32, x, MixPlan.of(adapter("lora", lora(one, 0)), 1)),
        added(DType.F32, x, hydra("one-head")));
  }

  @Test
  void equalHeadsAreALora() {
    Factors four = factors("four-heads");
    Map<String, HostTensor> tensors = new TreeMap<>(four.tensors());
    for (int i = 1; i < 4; i++) {
      tensors.put(HydraMethod.head(i), four.tensor(HydraMethod.head(0)));
    }
    Factors equal = Factors.of(HydraMethod.NAME, tensors, four.settings());
    HostTensor x = golden("four-heads", "x");
    double[] lora = added(DType.F32, x, MixPlan.of(adapter("lora", lora(four, 0)), 1));
    double[] hydra = added(DType.F32, x, MixPlan.of(adapter("equal", equal), 1));
    assertTrue(Mixing.error(hydra, lora) <= 1e-6);
    double[] other = added(DType.F32, x, hydra("four-heads"));
    assertTrue(Mixing.error(other, lora) > 0.1, "heads that differ are no LoRA");
  }

  /** Routers of other sizes and adapters without one stand side by side in one program. */
  @Test
  void eachRowGetsItsOwnAdapters() {
    HostTensor x = golden("two-heads", "x");
    Adapter lora = adapter("lora", lora(factors("one-head"), 0));
    MixPlan both = hydra("two-heads").with(lora, 0.5);
    MixPlan[] rows = {hydra("four-heads"), MixPlan.of(lora, 2), both};
    double[] together = added(DType.F32, x, rows);
    for (int row = 0; row < rows.length; row++) {
      double[] alone = added(DType.F32, x, rows[row]);
      int size = alone.length / rows.length;
      int from = row * size;
      double[] own = Arrays.copyOfRange(alone, from, from + size);
      double[] found = Arrays.copyOfRange(together, from, from + size);
      assertTrue(Mixing.error(found, own) <= 1e-6, "row " + row);
    }
    double[] sum =
        Mixing.sum(
            added(DType.F32, x, hydra("two-heads")), added(DType.F32, x, MixPlan.of(lora, 0.5)));
    assertTrue(Mixing.error(added(DType.F32, x, both), sum) <= 1e-6, "both in one row");
  }

  /** Rows of three tokens, and rows of one vector as where the next token is computed. */
  @ParameterizedTest
  @CsvSource({"F32, false, 1e-6", "F32, true, 1e-6", "BF16, false, 1e-2", "BF16, true, 1e-2"})
  void headsOfOtherNumbersStandBesideLoraAndNone(DType type, boolean single, double most) {
    Adapter lora = adapter("lora", lora(factors("one-head"), 0));
    List<MixPlan> plans =
        List.of(
            hydra("four-heads"),
            MixPlan.NONE,
            hydra("two-heads"),
            MixPlan.of(lora, 2),
            hydra("two-heads").with(adapter("four", factors("four-heads")), -0.5),
            MixPlan.of(adapter("four", factors("four-heads")), 0),
            hydra("one-head").with(lora, 0.5));
    int tokens = single ? 1 : 3;
    List<HostTensor> rows = new ArrayList<>();
    float[] all = new float[plans.size() * tokens * 12];
    double[] numbers = golden("two-heads", "x").doubles();
    for (int row = 0; row < plans.size(); row++) {
      float[] own = new float[tokens * 12];
      for (int i = 0; i < own.length; i++) {
        own[i] = (float) numbers[(row * own.length + i) % numbers.length];
      }
      System.arraycopy(own, 0, all, row * own.length, own.length);
      rows.add(HostTensor.of(single ? Shape.of(1, 12) : Shape.of(1, tokens, 12), own));
    }
    long count = plans.size();
    Shape shape = single ? Shape.of(count, 12) : Shape.of(count, tokens, 12);
    double[] together =
        added(type, HostTensor.of(shape, all), plans.toArray(new MixPlan[plans.size()]));
    for (int row = 0; row < plans.size(); row++) {
      int size = tokens * 8;
      double[] found = Arrays.copyOfRange(together, row * size, (row + 1) * size);
      if (row == 1 || row == 5) {
        assertArrayEquals(new double[size], found, "row " + row);
        continue;
      }
      double[] alone = added(type, rows.get(row), plans.get(row));
      assertTrue(Arrays.stream(alone).anyMatch(y -> y != 0));
      assertTrue(Mixing.error(found, alone) <= most, "row " + row);
    }
  }

  /** In a region it counts place by place, as any adapter does. */
  @Test
  void regionsMultiplyItPlaceByPlace() {
    HostTensor x = golden("two-heads", "x");
    BatchMix mix = mix(hydra("two-heads"));
    float[] area = {0, 1, 0.5f, 2, 1, 1, 1, 1, 0, 0, 3, -1};
    double[] expected = added(DType.F32, x, hydra("two-heads"));
    for (int i = 0; i < expected.length; i++) {
      expected[i] *= area[i / 8];
    }
    try (Scope work = SCOPE.child("regions")) {
      Graph graph = new Graph();
      Expr in = graph.input("x", DType.F32, x.shape());
      SiteAdapters adapters =
          new RegionalAdapters(mix.unmergedSites(), name -> new SitePlacement.OnGrid(0), 1)
              .declare(graph);
      Expr y = adapters.adapt(LAYER, in, in.slice(-1, 0, 8).mul(0));
      Program program = graph.inference(work, List.of(y));
      Map<String, Tensor> held = mix.factors(work, PATCH);
      Tensor ones = Tensor.of(work, Shape.of(3, 1), new float[] {1, 1, 1});
      Map<String, Tensor> inputs = new HashMap<>(Map.of("x", x.on(work)));
      inputs.put(UnmergedAdapters.WEIGHTS, ones);
      inputs.put(RegionalAdapters.WORDS, ones);
      inputs.put(RegionalAdapters.NOWHERE, ones);
      inputs.put(RegionalAdapters.area(0), Tensor.of(work, Shape.of(3, 1, 4), area));
      Tensor out =
          program
              .run(
                  work,
                  program.hold(work, name -> Objects.requireNonNull(held.get(name), name)),
                  inputs)
              .get(0);
      assertTrue(Mixing.error(HostTensor.of(out).doubles(), expected) <= 1e-6);
    }
  }

  @Test
  void largeInputsChooseOneHead() {
    float[] values = new float[12];
    Arrays.fill(values, 1e4f);
    double[] y = added(DType.F32, HostTensor.of(Shape.of(1, 1, 12), values), hydra("four-heads"));
    assertTrue(Arrays.stream(y).allMatch(Double::isFinite), Arrays.toString(y));
  }

  static Stream<MixPlan> orders() {
    return Stream.of(
        hydra("two-heads").route(Route.MERGED),
        MixPlan.of(adapter("lora", lora(factors("one-head"), 0)), 1)
            .with(adapter("hydra", factors("two-heads")), 1)
            .route(Route.MERGED));
  }

  @ParameterizedTest
  @MethodSource("orders")
  void whatNoWeightHasIsNotMerged(MixPlan plan) {
    refused(() -> new BatchMix(List.of(plan), CATALOGUE, "m"));
    refused(() -> SiteMix.of(PATCH, LAYER, plan));
  }

  private static void refused(Runnable work) {
    String told = String.valueOf(assertThrows(AdapterException.class, work::run).getMessage());
    assertTrue(told.contains("(hydra) cannot be merged"), told);
    assertTrue(told.contains(LAYER.name()), told);
    assertTrue(told.contains("text generate --lora"), told);
  }

  private static Adapter doubling() {
    float[] twos = new float[8];
    Arrays.fill(twos, 2);
    return adapter(
        "ia3",
        Factors.of(
            "ia3", Map.of("ia3_l", HostTensor.of(Shape.of(8), twos)), Map.of("on_input", "false")));
  }

  @Test
  void beforeWhatActsOnTheWeightItIsRefused() {
    MixPlan plan = hydra("two-heads").with(doubling(), 1);
    String told =
        String.valueOf(assertThrows(AdapterException.class, () -> mix(plan)).getMessage());
    assertTrue(told.contains("Put it last"), told);
    assertEquals(1, mix(plan.order(AdapterOrder.FROM_BASE)).mergedNames(0).size());
  }

  @Test
  void behindWhatActsOnTheWeightItRuns() {
    MixPlan plan = MixPlan.of(doubling(), 1).with(adapter("hydra", factors("two-heads")), 1);
    assertEquals(List.of("ia3 (ia3)"), mix(plan).mergedNames(0));
    HostTensor x = golden("two-heads", "x");
    assertArrayEquals(added(DType.F32, x, hydra("two-heads")), added(DType.F32, x, plan));
  }

  /** Slots of rows hold pairs of factors alone. */
  @ParameterizedTest
  @ValueSource(strings = {"one-head", "two-heads"})
  void slotsHaveNoRoomForRouters(String at) {
    assertFalse(RowFactors.suits(mix(hydra(at))));
    assertTrue(RowFactors.suits(mix(MixPlan.of(adapter("lora", lora(factors(at), 0)), 1))));
  }

  @Test
  void mergingItCostsNoLittle() {
    RouteCost cost =
        new RouteCost(CATALOGUE, "m", name -> new SitePlacement.Nowhere(), new GridSize(8, 8), 77);
    List<MixPlan> plans = List.of(hydra("two-heads"));
    assertEquals(Double.POSITIVE_INFINITY, cost.merged(plans, 1));
    assertEquals(Route.UNMERGED, cost.choose(plans, 1, List.of(2)));
  }
}

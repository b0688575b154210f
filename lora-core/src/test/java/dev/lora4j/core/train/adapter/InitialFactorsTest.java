package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The first values of factors. */
class InitialFactorsTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("initial");
  private static final int OUT = 24;
  private static final int IN = 400;
  private static final int RANK = 8;
  private static final Site SITE = Site.linear("unet.to_q", Shape.of(OUT, IN), false);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  /** The factors of a layer whose weight has 24, 23, ... 1 on its diagonal. */
  private static Map<String, double[]> initial(AdapterRecipe recipe, long seed) {
    StagedAdapter adapter =
        staged(recipe.targets(TargetLayers.matching("to_q")).plan(List.of(SITE)));
    float[] flat =
        adapter.initial(SCOPE, seed, site -> HostTensor.of(SITE.weight(), weight()).on(SCOPE));
    Map<String, double[]> parts = new TreeMap<>();
    for (FlatLayout.Slot slot : adapter.layout().slots()) {
      int from = (int) slot.offset();
      int to = from + (int) slot.parameter().shape().elements();
      String name = slot.parameter().name();
      parts.put(
          name.substring(name.lastIndexOf('.') + 1),
          TrainedNet.doubles(Arrays.copyOfRange(flat, from, to)));
    }
    return parts;
  }

  private static StagedAdapter staged(AdapterPlan plan) {
    return staged(plan, OUT, IN);
  }

  /** The factors of a linear layer called unet.to_q. */
  static StagedAdapter staged(AdapterPlan plan, long out, long in) {
    Graph graph = new Graph();
    StagedAdapter adapter = new StagedAdapter(new FlatParameters(graph, DType.F32), plan);
    Weights.of(graph, "unet", new FrozenWeights(DType.F32, ""), adapter)
        .linear("to_q", graph.input("x", DType.F32, Shape.of(1, in)), out, false);
    return adapter;
  }

  private static float[] weight() {
    float[] weight = new float[OUT * IN];
    for (int i = 0; i < OUT; i++) {
      weight[i * IN + i] = OUT - i;
    }
    return weight;
  }

  private static AdapterRecipe begun(FactorInit start) {
    return AdapterRecipe.DEFAULT.rank(RANK, 2).start(start);
  }

  private static double[] down(FactorInit start) {
    Map<String, double[]> parts = initial(begun(start), 1);
    assertArrayEquals(new double[OUT * RANK], parts.get("up"));
    return parts.get("down");
  }

  private static double deviation(double[] values) {
    return Math.sqrt(DoubleStream.of(values).map(v -> v * v).average().orElseThrow());
  }

  /** torch.nn.init.kaiming_uniform_ with a = sqrt(5). */
  @Test
  void kaimingIsUniformByFanIn() {
    double[] down = down(FactorInit.KAIMING);
    double bound = 1 / Math.sqrt(IN);
    assertTrue(DoubleStream.of(down).allMatch(v -> Math.abs(v) <= bound));
    assertEquals(bound / Math.sqrt(3), deviation(down), 0.05 * bound);
  }

  @Test
  void gaussianHasADeviationOfOneByRank() {
    assertEquals(1.0 / RANK, deviation(down(FactorInit.GAUSSIAN)), 0.05 / RANK);
  }

  @Test
  void orthogonalRowsAreOrthonormal() {
    double[] down = down(FactorInit.ORTHOGONAL);
    for (int i = 0; i < RANK; i++) {
      for (int j = 0; j <= i; j++) {
        assertEquals(i == j ? 1 : 0, product(down, down, i, j), 1e-5);
      }
    }
  }

  private static double product(double[] a, double[] b, int i, int j) {
    double sum = 0;
    for (int k = 0; k < IN; k++) {
      sum += a[i * IN + k] * b[j * IN + k];
    }
    return sum;
  }

  /** Scaled, the product is the nearest matrix of that rank, divided evenly between the factors. */
  @Test
  void pissaTakesTheGreatestSingularDirections() {
    Map<String, double[]> parts = initial(begun(FactorInit.PISSA), 1);
    double scale = 2.0 / RANK;
    double[] down = parts.get("down");
    double[] up = parts.get("up");
    for (int i = 0; i < OUT; i++) {
      for (int j = 0; j < IN; j++) {
        double sum = 0;
        for (int r = 0; r < RANK; r++) {
          sum += scale * up[i * RANK + r] * down[r * IN + j];
        }
        assertEquals(i == j && i < RANK ? OUT - i : 0, sum, 1e-4);
      }
    }
    for (int r = 0; r < RANK; r++) {
      assertEquals((OUT - r) / scale, product(down, down, r, r), 1e-3);
    }
  }

  /** As LyCORIS begins, so that rates found there hold here. */
  @ParameterizedTest
  @CsvSource({
    "hada_w1_a, 0.1",
    "hada_w1_b, 1",
    "hada_w2_a, 0",
    "hada_w2_b, 1",
  })
  void lohaBeginsAsInLycoris(String part, double deviation) {
    AdapterRecipe recipe = begun(FactorInit.KAIMING);
    double[] values = initial(recipe.method(TrainableMethods.named("loha", Map.of())), 1).get(part);
    assertEquals(deviation, deviation(values), 0.15 * deviation);
  }

  /** As a linear layer of the block's inputs begins. */
  @Test
  void graloraBeginsAsInPeft() {
    AdapterRecipe recipe = begun(FactorInit.KAIMING);
    Map<String, double[]> values =
        initial(recipe.method(TrainableMethods.named("gralora", Map.of("k", 4))), 1);
    double bound = 1 / Math.sqrt(IN / 4.0);
    double[] first = values.get("gralora_A");
    assertEquals(bound, Arrays.stream(first).map(Math::abs).max().orElseThrow(), 0.05 * bound);
    assertEquals(bound / Math.sqrt(3), deviation(first), 0.15 * bound);
    assertEquals(0, deviation(values.get("gralora_B")));
  }

  /** Lengths of the weight's rows, so that the first step changes nothing. */
  @Test
  void doraBeginsWithTheLengthsOfTheBase() {
    double[] lengths =
        initial(begun(FactorInit.KAIMING).method(TrainableMethods.named("dora", Map.of())), 1)
            .get("magnitude");
    for (int i = 0; i < OUT; i++) {
      assertEquals(OUT - i, lengths[i], 1e-5);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = FactorInit.class,
      mode = EnumSource.Mode.EXCLUDE,
      names = {"LOFTQ", "EVA", "LORA_GA", "CORDA"})
  void sameSeedGivesTheSameFactors(FactorInit start) {
    double[] first = initial(begun(start), 1).get("down");
    assertArrayEquals(first, initial(begun(start), 1).get("down"));
    if (start != FactorInit.PISSA && start != FactorInit.OLORA) {
      assertFalse(Arrays.equals(first, initial(begun(start), 2).get("down")));
    }
  }
}

package dev.lora4j.core.mixer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.lowrank.SiteListener;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The survey against what sorting and multiplying all numbers gives. */
class DeltaSurveyTest {
  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("survey");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static Site site(int i) {
    return Site.linear("unet.site" + i, Shape.of(5 + i, 4), false);
  }

  /** Whole changes of some of five layers. */
  private static Adapter adapter(String name, List<Integer> at, IntFunction<Float> values) {
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    int next = 0;
    for (int i : at) {
      float[] change = new float[(int) site(i).weight().elements()];
      for (int k = 0; k < change.length; k++) {
        change[k] = values.apply(next++);
      }
      HostTensor tensor = HostTensor.of(site(i).weight(), change);
      all.put(site(i).name(), List.of(FullDelta.factors(site(i), LayerParameter.WEIGHT, tensor)));
    }
    return new Adapter(name, all, Map.of());
  }

  private static DeltaSurvey survey(Adapter... adapters) {
    return survey(SiteListener.NONE, adapters);
  }

  private static DeltaSurvey survey(SiteListener listener, Adapter... adapters) {
    Map<String, Site> sites = new LinkedHashMap<>();
    for (int i = 0; i < 5; i++) {
      sites.put(site(i).name(), site(i));
    }
    MixPlan plan = MixPlan.NONE;
    for (Adapter adapter : adapters) {
      plan = plan.with(adapter, 0.5);
    }
    return new DeltaStatistics(scope, Mixture.of("test", plan, sites), listener);
  }

  private static double[] sizes(DeltaSurvey survey, Adapter adapter) {
    List<Double> all = new ArrayList<>();
    adapter
        .sites()
        .values()
        .forEach(
            f ->
                Arrays.stream(f.get(0).tensor("diff").doubles())
                    .forEach(x -> all.add(Math.abs(x))));
    while (all.size() < survey.elements()) {
      all.add(0.0);
    }
    return all.stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void thresholdsAreTheNumbersOfTheirRank(long seed) {
    Random random = new Random(seed);
    // Of many sizes, and some that share all but their last bits.
    IntFunction<Float> values =
        i ->
            (float)
                (i % 3 == 0
                    ? 1 + i * 0x1p-22
                    : random.nextGaussian() * Math.pow(10, random.nextInt(9) - 6));
    Adapter a = adapter("a", List.of(0, 1, 3), values);
    Adapter b = adapter("b", List.of(1, 2, 4), values);
    DeltaSurvey survey = survey(a, b);
    assertEquals(2, survey.adapters());
    assertEquals("b", survey.name(1));
    assertEquals(0.5, survey.weight(1));
    assertEquals(4 * (5 + 6 + 7 + 8 + 9), survey.elements());
    double[] sorted = sizes(survey, b);
    for (int k = 1; k <= sorted.length; k++) {
      double density = k / (double) sorted.length;
      double expected = k == sorted.length ? 0 : sorted[sorted.length - k];
      assertEquals(expected, survey.threshold(1, density), 0, "rank " + k);
    }
    assertEquals(sorted[sorted.length - 1], survey.threshold(1, 0), 0);
    assertEquals(sorted[sorted.length - 1], survey.threshold(1, 1e-9), 0);
    assertThrows(IllegalArgumentException.class, () -> survey.threshold(0, 1.5));
  }

  /** Twice the numbers of the changes, and some more that stand for nothing. */
  private static Coordinates doubled(List<SiteDelta> parts) {
    List<Expr> all = new ArrayList<>();
    for (SiteDelta part : parts) {
      Expr twice = part.delta().mul(2);
      all.add(ShapeOps.cat(List.of(twice, twice.mul(0), twice.mul(0)), 0));
    }
    Expr first = parts.get(0).delta();
    return new Coordinates(
        all, first.graph().constant((double) first.shape().elements(), DType.F64));
  }

  @Test
  void thresholdsInABasisCountWhatItHas() {
    Random random = new Random(6);
    Adapter a = adapter("a", List.of(0, 1, 3), i -> (float) random.nextGaussian());
    Adapter b = adapter("b", List.of(1, 2, 4), i -> i % 2 == 0 ? 0 : 1 + i * 0x1p-22f);
    List<String> told = new ArrayList<>();
    DeltaSurvey survey = survey((done, of) -> told.add(done + "/" + of), a, b);
    for (double density : new double[] {0, 0.1, 0.37, 0.5, 0.9, 1}) {
      double[] found = survey.thresholds(density, DeltaSurveyTest::doubled);
      assertEquals(2, found.length);
      for (int i = 0; i < 2; i++) {
        assertEquals(2 * survey.threshold(i, density), found[i], 0, i + " at " + density);
      }
    }
    told.clear();
    survey.thresholds(0.5, DeltaSurveyTest::doubled);
    assertEquals(List.of("1/5", "2/5", "3/5", "4/5", "5/5"), told.subList(0, 5));
    assertEquals(10, told.size(), "two passes for all adapters");
    assertThrows(
        IllegalArgumentException.class, () -> survey.thresholds(1.5, DeltaSurveyTest::doubled));
  }

  @Test
  void productsAreThoseOfAllNumbers() {
    Random random = new Random(4);
    Adapter a = adapter("a", List.of(0, 1, 3), i -> (float) random.nextGaussian());
    Adapter b = adapter("b", List.of(1, 3, 4), i -> (float) random.nextGaussian());
    DeltaSurvey survey = survey(a, b);
    double expected = 0;
    for (int i : List.of(1, 3)) {
      double[] x = a.at(site(i).name()).get(0).tensor("diff").doubles();
      double[] y = b.at(site(i).name()).get(0).tensor("diff").doubles();
      for (int k = 0; k < x.length; k++) {
        expected += x[k] * y[k];
      }
    }
    assertEquals(expected, survey.product(0, 1), 1e-5);
    assertEquals(expected, survey.product(1, 0), 1e-5);
    double norm = Arrays.stream(sizes(survey, a)).map(x -> x * x).sum();
    assertEquals(norm, survey.product(0, 0), 1e-4);
  }

  @Test
  void eachPassReportsProgress() {
    Adapter a = adapter("a", List.of(0, 1, 3), i -> (float) i);
    List<String> told = new ArrayList<>();
    DeltaSurvey survey = survey((done, of) -> told.add(done + "/" + of), a);
    survey.threshold(0, 0.5);
    survey.product(0, 0);
    List<String> pass = List.of("1/3", "2/3", "3/3");
    assertEquals(
        Stream.of(pass, pass, pass).flatMap(List::stream).toList(), told, "two for the threshold");
  }
}

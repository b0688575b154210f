package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LowRankAlgebraTest {
  private static final int MANY = Integer.MAX_VALUE;

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("algebra");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private static LowRankAlgebra algebra(Adapters made) {
    return new LowRankAlgebra(scope, made.byName());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void sumEqualsTheSumOfDeltas(long seed) {
    Adapters made = new Adapters(seed);
    Adapter a = made.next("a", DType.F32);
    Adapter b = made.next("b", DType.BF16);
    Adapter c = made.next("c", DType.F32);
    List<Term> terms = List.of(new Term(a, 0.7), new Term(b, -1.3), new Term(c, 0.25));
    Adapter sum = algebra(made).sum("sum", terms, DType.F32);
    Adapter turned =
        algebra(made).sum("turned", List.of(terms.get(2), terms.get(0), terms.get(1)), DType.F32);
    for (Site site : made.sites) {
      Dense expected =
          new Dense(new double[(int) site.out()][(int) site.rest()])
              .plus(0.7, Dense.at(site, a))
              .plus(-1.3, Dense.at(site, b))
              .plus(0.25, Dense.at(site, c));
      assertTrue(expected.apart(Dense.at(site, sum)) < 1e-6, site.name());
      assertTrue(expected.apart(Dense.at(site, turned)) < 1e-6, site.name());
    }
  }

  @Test
  void singleTermKeepsItsFactorsToTheBit() {
    Adapters made = new Adapters(5);
    Adapter a = made.next("a", DType.BF16);
    Adapter sum = algebra(made).sum("sum", List.of(new Term(a, 0.3)), DType.BF16);
    Adapter same = algebra(made).sum("same", List.of(new Term(a, 1)), DType.BF16);
    int compared = 0;
    for (Site site : made.sites) {
      Factors before = a.at(site.name()).get(0);
      if (!before.tensors().containsKey(LoraMethod.MID)) {
        Factors after = sum.at(site.name()).get(0);
        assertEquals(before.tensors(), after.tensors(), site.name());
        assertEquals(before, same.at(site.name()).get(0), site.name());
        compared++;
      }
    }
    assertTrue(compared > 0);
  }

  @ParameterizedTest
  @ValueSource(longs = {6, 7, 8, 9})
  void truncationIsTheNearestOfItsRank(long seed) {
    Adapters made = new Adapters(seed);
    Adapter a = made.next("a", DType.F32);
    Adapter b = made.next("b", DType.F32);
    List<Term> terms = List.of(new Term(a, 1.5), new Term(b, -0.5));
    for (int rank : new int[] {1, 3, 20}) {
      TruncatedAdapter cut = algebra(made).truncate("cut", terms, RankRule.fixed(rank), DType.F32);
      for (Site site : made.sites) {
        Dense whole =
            new Dense(new double[(int) site.out()][(int) site.rest()])
                .plus(1.5, Dense.at(site, a))
                .plus(-0.5, Dense.at(site, b));
        SiteTruncation told = cut.sites().get(site.name());
        Dense nearest =
            whole.cut(engine, Math.min(told.rank(), (int) Math.min(site.out(), site.rest())));
        Dense found = Dense.at(site, cut.adapter());
        assertTrue(nearest.apart(found) < 2e-5, site.name() + " " + nearest.apart(found));
        assertEquals(whole.apart(found), told.error(), 1e-6, site.name());
        assertEquals(whole.norm(), told.spectrum().norm(), 1e-6 * whole.norm(), site.name());
      }
      assertEquals(Map.of("all", cut.total()), cut.by(site -> "all"));
      cut.by(site -> site)
          .forEach(
              (site, one) -> {
                SiteTruncation told = Objects.requireNonNull(cut.sites().get(site));
                assertEquals(told.rank(), one.least());
                assertEquals(told.rank(), one.most());
                assertEquals(told.error(), one.error(), 1e-12, site);
                assertEquals(told.spectrum().retained(told.rank()), one.kept(), 1e-6, site);
              });
    }
  }

  @Test
  void fullRankTruncationKeepsDeltaWithOrthogonalFactors() {
    Adapters made = new Adapters(10);
    Adapter a = made.next("a", DType.F32);
    TruncatedAdapter cut =
        algebra(made).truncate("cut", List.of(new Term(a, 1)), RankRule.fixed(MANY), DType.F32);
    for (Site site : made.sites) {
      Dense before = Dense.at(site, a);
      assertTrue(before.apart(Dense.at(site, cut.adapter())) < 1e-6, site.name());
      double[] down = cut.adapter().at(site.name()).get(0).tensor(LoraMethod.DOWN).doubles();
      int rank = cut.sites().get(site.name()).rank();
      int rest = down.length / rank;
      for (int i = 0; i < rank; i++) {
        for (int j = 0; j <= i; j++) {
          int first = i * rest;
          int second = j * rest;
          double product =
              IntStream.range(0, rest).mapToDouble(k -> down[first + k] * down[second + k]).sum();
          assertEquals(i == j ? 1 : 0, product, 1e-5, site.name());
        }
      }
    }
  }

  @Test
  void cancellingDeltasAreRefusedCoincidingOnesKeepRank() {
    Adapters made = new Adapters(11);
    Adapter a = made.next("a", DType.F32);
    LowRankAlgebra algebra = algebra(made);
    List<Term> nothing = List.of(new Term(a, 1), new Term(a, -1));
    AdapterException thrown =
        assertThrows(
            AdapterException.class,
            () -> algebra.truncate("gone", nothing, RankRule.fixed(4), DType.F32));
    assertTrue(String.valueOf(thrown.getMessage()).contains("cancel"), thrown.getMessage());
    assertThrows(
        AdapterException.class, () -> algebra.sum("zero", List.of(new Term(a, 0)), DType.F32));
    algebra
        .spectra(List.of(new Term(a, 1), new Term(a, 2)))
        .forEach(
            (site, twice) -> {
              Spectrum once = algebra.spectra(List.of(new Term(a, 3))).get(site);
              assertEquals(once.rank(), twice.rank(), site);
              assertEquals(once.norm(), twice.norm(), 1e-6 * once.norm(), site);
            });
  }

  @Test
  void adapterFullyOverlapsItselfAtNoDistance() {
    Adapters made = new Adapters(12);
    Adapter a = made.next("a", DType.BF16);
    Comparison self = algebra(made).compare(a, a);
    assertEquals(made.sites.size(), self.sites().size());
    self.sites()
        .forEach(
            (site, one) -> {
              assertEquals(1, one.overlapOut(), 1e-6, site);
              assertEquals(1, one.overlapIn(), 1e-6, site);
              assertEquals(1, one.cosine(), 1e-12, site);
              assertTrue(one.distance() <= 1e-6 * one.normA(), site);
            });
    assertEquals(Map.of("all", self.total()), self.by(site -> "all"));
  }

  @ParameterizedTest
  @ValueSource(longs = {13, 14})
  void comparisonsAreThoseOfTheWholeChanges(long seed) {
    Adapters made = new Adapters(seed);
    Adapter a = made.next("a", DType.F32);
    Adapter b = made.next("b", DType.F32);
    Comparison found = algebra(made).compare(a, b);
    for (Site site : made.sites) {
      Dense first = Dense.at(site, a);
      Dense second = Dense.at(site, b);
      SiteComparison one = found.sites().get(site.name());
      double size = first.norm() * second.norm();
      assertEquals(first.norm(), one.normA(), 1e-6 * first.norm());
      assertEquals(second.norm(), one.normB(), 1e-6 * second.norm());
      assertEquals(first.inner(second), one.inner(), 1e-6 * size);
      assertEquals(first.plus(-1, second).norm(), one.distance(), 1e-5 * one.distance());
      assertEquals(overlap(first, second, 0), one.overlapOut(), 1e-5, site.name());
      assertEquals(overlap(first, second, 2), one.overlapIn(), 1e-5, site.name());
    }
  }

  /** {@code |U1' U2|^2 / min(r1, r2)}, with U (0) or V (2) of dense decompositions. */
  private static double overlap(Dense first, Dense second, int side) {
    List<double[]> a = Dense.svd(engine, first);
    List<double[]> b = Dense.svd(engine, second);
    int ranksA = directions(a.get(1));
    int ranksB = directions(b.get(1));
    int all = a.get(1).length;
    int length = a.get(side).length / all;
    double sum = 0;
    for (int i = 0; i < ranksA; i++) {
      for (int j = 0; j < ranksB; j++) {
        double product = 0;
        for (int k = 0; k < length; k++) {
          product +=
              side == 0
                  ? a.get(0)[k * all + i] * b.get(0)[k * all + j]
                  : a.get(2)[i * length + k] * b.get(2)[j * length + k];
        }
        sum += product * product;
      }
    }
    return sum / Math.min(ranksA, ranksB);
  }

  private static int directions(double... singular) {
    return (int)
        IntStream.range(0, singular.length).filter(i -> singular[i] > 1e-5 * singular[0]).count();
  }

  @Test
  void otherRanksAndWeightsReusePrograms() {
    Adapters made = new Adapters(15);
    LowRankAlgebra algebra = algebra(made);
    Site site = made.sites.get(0);
    for (int i = 0; i < 3; i++) {
      long before = engine.compiled();
      Adapter a =
          new Adapter("a", Map.of(site.name(), List.of(made.pair(site, DType.F32))), Map.of());
      algebra.truncate("cut", List.of(new Term(a, 1 + i)), RankRule.fixed(1 + i), DType.F32);
      algebra.sum("sum", List.of(new Term(a, 1 + i)), DType.F32);
      assertTrue(i == 0 || engine.compiled() == before, "round " + i);
    }
  }
}

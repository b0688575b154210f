package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.lowrank.RankRule.Kind;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ExtractionTest {
  private static final List<Site> SITES =
      List.of(
          Site.linear("unet.wide", Shape.of(24, 60), true),
          Site.linear("unet.tall", Shape.of(50, 22), false),
          Site.convolution("unet.point", Shape.of(20, 16, 1, 1), 1, 0),
          Site.convolution("unet.conv", Shape.of(30, 6, 3, 3), 1, 1),
          new Site(
              "unet.grouped", Site.Kind.CONVOLUTION, Shape.of(16, 4, 3, 3), false, 1, 1, 1, 4));

  private static Engine engine;
  private static Scope scope;

  private final Random random = new Random(1);
  private final Map<String, Dense> changes = new TreeMap<>();
  private final List<Difference> differences = new ArrayList<>();

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("extraction");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  /** A change whose singular values fall, and a base beside which it is small. */
  private void change(Site site) {
    int out = (int) site.out();
    int rest = (int) site.rest();
    double[][] change = new double[out][rest];
    for (int k = 0; k < Math.min(out, rest); k++) {
      double size = Math.pow(0.8, k) / 100;
      double[] left = random.doubles(out, -1, 1).toArray();
      double[] right = random.doubles(rest, -1, 1).toArray();
      for (int o = 0; o < out; o++) {
        for (int i = 0; i < rest; i++) {
          change[o][i] += size * left[o] * right[i];
        }
      }
    }
    float[] before = new float[out * rest];
    float[] after = new float[out * rest];
    for (int i = 0; i < before.length; i++) {
      before[i] = (float) random.nextGaussian();
      after[i] = before[i] + (float) change[i / rest][i % rest];
      // What is stored differs by what two roundings left of the change.
      change[i / rest][i % rest] = (double) after[i] - before[i];
    }
    changes.put(site.name(), new Dense(change));
    differences.add(difference(site, LayerParameter.WEIGHT, site.weight(), before, after));
  }

  private static Difference difference(
      Site site, LayerParameter target, Shape shape, float[] before, float[] after) {
    return new Difference(
        site,
        target,
        s -> HostTensor.of(shape, before).on(s),
        s -> HostTensor.of(shape, after).on(s));
  }

  private void changeAll() {
    SITES.forEach(this::change);
  }

  private static Extraction extraction(RankRule rule) {
    return new Extraction(scope, RankRules.same(rule), DType.F32);
  }

  @Test
  void exactExtractionIsTheNearestOfItsRank() {
    changeAll();
    for (int rank : new int[] {1, 4, 1000}) {
      TruncatedAdapter found = extraction(RankRule.fixed(rank)).of("x", differences).truncated();
      for (Site site : SITES) {
        Dense change = changes.get(site.name());
        int possible = (int) Math.min(rank, Math.min(site.out(), site.rest()));
        SiteTruncation told = found.sites().get(site.name());
        assertEquals(possible, told.rank());
        Dense nearest = change.cut(engine, possible);
        double apart = nearest.apart(Dense.at(site, found.adapter()));
        assertTrue(apart < 1e-5, site.name() + " " + apart);
        double error = change.apart(Dense.at(site, found.adapter()));
        assertEquals(error, told.error(), 1e-5, site.name());
      }
    }
  }

  @Test
  void randomisedErrorIsMeasuredAndNearTheLeast() {
    changeAll();
    Extraction byChance = extraction(RankRule.fixed(4)).randomised(new RangeFinder(7, 4, 1));
    TruncatedAdapter found = byChance.of("x", differences).truncated();
    for (Site site : SITES) {
      Dense change = changes.get(site.name());
      double least = change.apart(change.cut(engine, 4));
      double error = change.apart(Dense.at(site, found.adapter()));
      assertEquals(error, found.sites().get(site.name()).error(), 1e-5, site.name());
      assertTrue(error >= least - 1e-6 && error < 1.02 * least, site.name() + " " + error);
    }
    TruncatedAdapter again = byChance.of("x", differences).truncated();
    assertEquals(found.adapter().identity(), again.adapter().identity());
  }

  @Test
  void randomisedNormShareGivesTheExactRanks() {
    changeAll();
    RankRule rule = RankRule.dynamic(Kind.SV_FRO, .9).atMost(12);
    TruncatedAdapter exact = extraction(rule).of("x", differences).truncated();
    TruncatedAdapter byChance =
        extraction(rule).randomised(RangeFinder.STANDARD).of("x", differences).truncated();
    for (Site site : SITES) {
      int rank = exact.sites().get(site.name()).rank();
      assertTrue(rank > 1 && rank < 12, site.name() + " " + rank);
      assertEquals(rank, byChance.sites().get(site.name()).rank(), site.name());
    }
    RankRule unbounded = RankRule.dynamic(Kind.SV_FRO, .9);
    RankRule counting = RankRule.dynamic(Kind.SV_CUMULATIVE, .9).atMost(4);
    for (RankRule refused : List.of(unbounded, counting)) {
      assertThrows(
          IllegalArgumentException.class,
          () -> extraction(refused).randomised(RangeFinder.STANDARD));
    }
  }

  @Test
  void kernelsHaveARankOfTheirOwn() {
    changeAll();
    RankRules rules = new RankRules(RankRule.fixed(5), RankRule.fixed(2));
    TruncatedAdapter found =
        new Extraction(scope, rules, DType.F32).of("x", differences).truncated();
    for (Site site : SITES) {
      int expected = site.weight().rank() == 4 && site.weight().size(2) > 1 ? 2 : 5;
      assertEquals(expected, found.sites().get(site.name()).rank(), site.name());
    }
  }

  @Test
  void biasesAndNormsAreTakenWhole() {
    Site norm = Site.norm("unet.norm", 3);
    Shape three = Shape.of(3);
    Site layer = Site.linear("unet.layer", Shape.of(3, 2), true);
    float[] before = {1, 2, 3};
    differences.add(
        difference(norm, LayerParameter.WEIGHT, three, before, new float[] {1, 2.5f, 3}));
    differences.add(difference(norm, LayerParameter.BIAS, three, before, new float[] {0, 2, 3}));
    differences.add(difference(layer, LayerParameter.BIAS, three, before, new float[] {1, 2, 7}));
    float[] same = new float[6];
    differences.add(difference(layer, LayerParameter.WEIGHT, layer.weight(), same, same));
    ExtractedAdapter found = extraction(RankRule.fixed(1)).of("x", differences);
    Adapter adapter = found.truncated().adapter();
    assertEquals(Set.of("unet.layer", "unet.norm"), adapter.sites().keySet());
    assertEquals(Set.of(), found.unchanged());
    var ofNorm = adapter.at("unet.norm");
    assertEquals(List.of("bias", "diff"), ofNorm.stream().map(f -> f.method()).toList());
    assertEquals(HostTensor.of(three, 0, .5f, 0), ofNorm.get(1).tensor("diff"));
    assertEquals(HostTensor.of(three, -1, 0, 0), ofNorm.get(0).tensor("diff_b"));
    assertEquals(HostTensor.of(three, 0, 0, 4), adapter.at("unet.layer").get(0).tensor("diff_b"));
  }

  @Test
  void changesBelowLeastAreLeftOutByName() {
    Site site = Site.linear("unet.same", Shape.of(2, 2), false);
    float[] before = {1, 2, 3, 4};
    float[] after = {1, 2, 3, 4.25f};
    change(SITES.get(0));
    differences.add(difference(site, LayerParameter.WEIGHT, site.weight(), before, after));
    Extraction some = extraction(RankRule.fixed(1)).minChange(.25);
    assertEquals(
        "The checkpoints are the same at all 2 layers to within 0.25; there is nothing to extract.",
        assertThrows(AdapterException.class, () -> some.of("x", differences)).getMessage());
    Extraction fewer = extraction(RankRule.fixed(1)).minChange(.249);
    assertEquals(Set.of("unet.wide"), fewer.of("x", differences).unchanged());
  }

  @Test
  void nonFiniteOrMisshapenDifferencesAreRefused() {
    Site site = Site.linear("unet.broken", Shape.of(2, 2), false);
    float[] before = {1, 2, 3, 4};
    float[] broken = {1, Float.NaN, 3, 4};
    differences.add(difference(site, LayerParameter.WEIGHT, site.weight(), before, broken));
    Extraction extraction = extraction(RankRule.fixed(1));
    assertTrue(
        assertThrows(AdapterException.class, () -> extraction.of("x", differences))
            .getMessage()
            .contains("unet.broken"));
    Difference shorter =
        difference(site, LayerParameter.WEIGHT, Shape.of(3), new float[3], new float[] {1, 2, 3});
    assertTrue(
        assertThrows(AdapterException.class, () -> extraction.of("x", List.of(shorter)))
            .getMessage()
            .contains("[3]"));
  }
}

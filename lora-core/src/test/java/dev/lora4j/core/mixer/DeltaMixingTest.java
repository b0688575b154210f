package dev.lora4j.core.mixer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.dora.DoraMethod;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.RankRule;
import dev.lora4j.core.lowrank.RankRules;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.lowrank.TruncatedAdapter;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DeltaMixingTest {
  private static final Site WIDE = Site.linear("unet.wide", Shape.of(6, 11), true);
  private static final Site TALL = Site.linear("text_encoder.tall", Shape.of(9, 5), false);
  private static final Map<String, Site> SITES = Map.of(WIDE.name(), WIDE, TALL.name(), TALL);

  private static Engine engine;
  private static Scope scope;

  private final Random random = new Random(2);

  /** Doubles the sum, as a product or as a whole. */
  private record Twice(boolean product) implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      if (product && deltas.sum() instanceof MixedDelta.Product sum) {
        return new MixedDelta.Product(new LowRank(sum.factors().down(), sum.factors().up().mul(2)));
      }
      return new MixedDelta.Dense(
          deltas.parts().stream()
              .map(SiteDelta::weighted)
              .reduce((a, b) -> a.add(b))
              .orElseThrow()
              .mul(2));
    }
  }

  /** The sum times a number, as a product. */
  private record Times(double factor) implements DeltaMixer {
    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      return deltas.combined(
          deltas.parts().stream().map(part -> part.weight().mul(factor)).toList());
    }
  }

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("mixing");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private HostTensor values(Shape shape) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }

  private Adapter next(String name) {
    Map<String, List<Factors>> all = new LinkedHashMap<>();
    for (Site site : List.of(WIDE, TALL)) {
      List<Factors> factors = new ArrayList<>();
      factors.add(LoraMath.factors(values(LowRank.down(site, 2)), values(LowRank.up(site, 2)), 3));
      if (site.bias()) {
        factors.add(FullDelta.factors(site, LayerParameter.BIAS, values(Shape.of(site.out()))));
      }
      all.put(site.name(), factors);
    }
    return new Adapter(name, all, Map.of());
  }

  private static DeltaMixing mixing() {
    return new DeltaMixing(scope, SITES);
  }

  private static String refusal(DeltaMixer mixer, MixPlan plan) {
    return assertThrows(AdapterException.class, () -> mixing().mix("mixed", mixer, plan))
        .getMessage();
  }

  /** Frobenius norm of the difference, relative to the first. */
  private static double apart(Adapter a, double scale, Adapter b) {
    LowRankAlgebra algebra = new LowRankAlgebra(scope, SITES);
    Adapter difference =
        algebra.sum("difference", List.of(new Term(a, scale), new Term(b, -1)), DType.F32);
    return algebra.compare(difference, a).total().normA()
        / (scale * algebra.compare(a, a).total().normA());
  }

  @Test
  void linearIsTheSumToTheBit() {
    Adapter a = next("a");
    Adapter b = next("b");
    MixPlan plan = MixPlan.of(a, 0.7).with(b, -0.4);
    List<Term> terms = List.of(new Term(a, 0.7), new Term(b, -0.4));
    LowRankAlgebra algebra = new LowRankAlgebra(scope, SITES);
    assertEquals(
        algebra.sum("sum", terms, DType.F32).identity(),
        mixing().mix("mixed", new LinearMixer(), plan).adapter().identity());
    RankRules rule = RankRules.same(RankRule.fixed(3));
    TruncatedAdapter cut = mixing().cut(rule).mix("mixed", new LinearMixer(), plan);
    assertEquals(
        algebra.truncate("sum", terms, rule, DType.F32).adapter().identity(),
        cut.adapter().identity());
    assertEquals(2, cut.sites().size());
  }

  @Test
  void mixRecordsItsProvenance() {
    MixPlan.Part part = new MixPlan.Part(next("b"), Weight.of(-0.4)).text(0.2);
    MixPlan plan = MixPlan.of(next("a"), 0.7).with(part);
    Adapter mixed = mixing().seed(7).mix("mixed", new LinearMixer(), plan).adapter();
    Metadata metadata = new Metadata(mixed.metadata());
    assertEquals(Optional.of("a, b"), metadata.get(ModelSpecKeys.MERGED_FROM));
    assertEquals(
        Optional.of("mixed by linear; weights 0.7, -0.4 (text 0.2); seed 7"),
        metadata.get(KohyaKeys.COMMENT));
    assertEquals(Optional.of("4"), metadata.get(KohyaKeys.NETWORK_DIM));
  }

  @Test
  void unchangedAdapterKeepsItsMetadata() {
    Adapter a = next("a").described("a", Map.of("key", "value"));
    Adapter mixed = mixing().mix("mixed", new LinearMixer(), MixPlan.of(a, 1)).adapter();
    assertEquals(a.metadata(), mixed.metadata());
  }

  @Test
  void weightMixerIsInTheProvenance() {
    MixPlan plan = MixPlan.of(next("a"), 1);
    WeightMixer half = (asked, steps, sites, changes) -> MixPlan.of(asked.adapters().get(0), 0.5);
    Adapter mixed = mixing().mix("mixed", half, new LinearMixer(), plan).adapter();
    String comment = new Metadata(mixed.metadata()).get(KohyaKeys.COMMENT).orElseThrow();
    assertTrue(comment.endsWith("; weights 1.0; seed 0"), comment);
    WeightMixer early =
        (asked, steps, sites, changes) ->
            MixPlan.of(asked.adapters().get(0), Weight.steps(0, 0.5, 1));
    assertThrows(
        AdapterException.class, () -> mixing().mix("mixed", early, new LinearMixer(), plan));
  }

  @Test
  void textEncoderAndSiteWeightsCount() {
    Adapter a = next("a");
    TreeMap<String, Double> shares = new TreeMap<>(Map.of(WIDE.name(), 0.5));
    MixPlan plan =
        MixPlan.NONE.with(
            new MixPlan.Part(a, Weight.of(0.8)).text(0.2).shares(new SiteWeights("half", shares)));
    Adapter mixed = mixing().mix("mixed", new LinearMixer(), plan).adapter();
    assertEquals(scale(a, WIDE) * 0.4, scale(mixed, WIDE), 1e-6);
    assertEquals(scale(a, TALL) * 0.2, scale(mixed, TALL), 1e-6);
  }

  private static double scale(Adapter adapter, Site site) {
    return adapter.at(site.name()).stream()
        .filter(f -> f.method().equals(LoraMethod.NAME))
        .mapToDouble(f -> Double.parseDouble(f.settings().get("alpha")))
        .sum();
  }

  @Test
  void fullDeltasAreStoredOrTruncatedProductsStay() {
    Adapter a = next("a");
    MixPlan plan = MixPlan.of(a, 1);
    TruncatedAdapter product = mixing().mix("mixed", new Twice(true), plan);
    TruncatedAdapter whole = mixing().mix("mixed", new Twice(false), plan);
    TruncatedAdapter cut =
        mixing().cutWholes(RankRules.same(RankRule.fixed(2))).mix("mixed", new Twice(false), plan);
    assertEquals(LoraMethod.NAME, product.adapter().at(TALL.name()).get(0).method());
    assertEquals("diff", whole.adapter().at(TALL.name()).get(0).method());
    assertEquals(LoraMethod.NAME, cut.adapter().at(TALL.name()).get(0).method());
    assertTrue(product.sites().isEmpty() && whole.sites().isEmpty());
    assertEquals(1, cut.total().kept(), 1e-6);
    for (TruncatedAdapter one : List.of(product, whole, cut)) {
      assertTrue(apart(a, 2, one.adapter()) < 1e-6);
      double[] bias = one.adapter().at(WIDE.name()).get(0).tensor("diff_b").doubles();
      double[] before = a.at(WIDE.name()).get(0).tensor("diff_b").doubles();
      for (int i = 0; i < bias.length; i++) {
        assertEquals(2 * before[i], bias[i], 1e-6);
      }
    }
    TruncatedAdapter one =
        mixing().cut(RankRules.same(RankRule.fixed(1))).mix("mixed", new Twice(true), plan);
    TruncatedAdapter same =
        mixing().cut(RankRules.same(RankRule.fixed(1))).mix("mixed", new Twice(false), plan);
    assertTrue(apart(one.adapter(), 1, same.adapter()) < 1e-5);
    assertEquals(one.total().kept(), same.total().kept(), 1e-6);
    assertTrue(one.total().kept() < 1);
  }

  @Test
  void plansBeyondOneDeltaAreRefusedByName() {
    Adapter a = next("a");
    String steps = refusal(new LinearMixer(), MixPlan.of(a, Weight.steps(0.5, 1, 0.7)));
    assertTrue(steps.startsWith("a has a weight that depends on the step, 0.7:"), steps);
    RegionMask left = new RegionMask("left", new GridSize(1, 2), 1, 0);
    MixPlan.Part part = new MixPlan.Part(a, Weight.of(1)).within(left);
    String area = refusal(new LinearMixer(), MixPlan.NONE.with(part));
    assertTrue(area.startsWith("a counts in a part of the picture alone"), area);
    Factors lora = a.at(TALL.name()).get(0);
    Map<String, HostTensor> tensors = new TreeMap<>(lora.tensors());
    tensors.put("dora_scale", values(Shape.of(9, 1)));
    Adapter dora =
        new Adapter(
            "d",
            Map.of(TALL.name(), List.of(Factors.of(DoraMethod.NAME, tensors, lora.settings()))),
            Map.of());
    String method = refusal(new LinearMixer(), MixPlan.of(dora, 1));
    assertTrue(method.startsWith("d has factors of the method dora at text_encoder.tall."), method);
    Adapter elsewhere = new Adapter("e", Map.of("unet.none", List.of(lora)), Map.of());
    String unknown = refusal(new LinearMixer(), MixPlan.of(elsewhere, 1));
    assertTrue(unknown.startsWith("e changes unet.none, but no layer"), unknown);
    String nothing = refusal(new LinearMixer(), MixPlan.of(a, 0));
    assertTrue(nothing.contains("all weights or scales are 0 (a 0)"), nothing);
  }

  /** Does something wrong. */
  private record Wrong(String what) implements DeltaMixer {
    @Override
    public Optional<String> refuses(List<String> names) {
      return what.equals("names")
          ? Optional.of("it blends exactly two adapters, found " + names)
          : Optional.empty();
    }

    @Override
    public double[] survey(DeltaSurvey survey) {
      if (what.equals("survey")) {
        throw new IllegalArgumentException("it needs three adapters");
      }
      return new double[0];
    }

    @Override
    public MixedDelta mix(SiteDeltas deltas) {
      var delta = deltas.parts().get(0).delta();
      return switch (what) {
        case "shape" -> new MixedDelta.Dense(delta.sum(0));
        case "type" -> new MixedDelta.Dense(delta.to(DType.F64));
        case "infinite" -> new MixedDelta.Dense(delta.div(delta.mul(0)));
        case "nothing" -> new MixedDelta.Dense(delta.mul(0));
        default -> deltas.sum();
      };
    }
  }

  @Test
  void mixerErrorsNameTheMixer() {
    MixPlan plan = MixPlan.of(next("a"), 1);
    String names = "The mixer Wrong refuses: it blends exactly two adapters, found [a]";
    assertEquals(names, refusal(new Wrong("names"), plan));
    assertEquals("The mixer Wrong: it needs three adapters", refusal(new Wrong("survey"), plan));
    String shape = refusal(new Wrong("shape"), plan);
    assertEquals("The mixer Wrong gives F32 [1, 5] where F32 [9, 5] is expected.", shape);
    String type = refusal(new Wrong("type"), plan);
    assertTrue(type.startsWith("The mixer Wrong gives F64 [9, 5]"), type);
    String infinite = refusal(new Wrong("infinite"), plan);
    assertTrue(infinite.contains("text_encoder.tall.weight is not finite"), infinite);
    String nothing = refusal(new Wrong("nothing"), plan);
    assertTrue(nothing.contains("0 everywhere"), nothing);
  }

  @Test
  void progressIsReportedAndMemoryFreed() {
    MixPlan plan = MixPlan.of(next("a"), 1).with(next("b"), 1);
    int before = scope.size();
    List<String> told = new ArrayList<>();
    mixing().listener((done, of) -> told.add(done + "/" + of)).mix("m", new Twice(false), plan);
    assertEquals(List.of("1/3", "2/3", "3/3"), told);
    assertEquals(before, scope.size());
  }

  @Test
  void zeroDeltasAreRefusedAlsoAsProducts() {
    MixPlan plan = MixPlan.of(next("a"), 1);
    AdapterException none =
        assertThrows(AdapterException.class, () -> mixing().mix("mixed", new Times(0), plan));
    assertTrue(String.valueOf(none.getMessage()).contains("0 everywhere"), none.getMessage());
    Adapter same = next("b");
    MixPlan cancelled = MixPlan.of(same, 1).with(same, -1);
    AdapterException gone =
        assertThrows(
            AdapterException.class, () -> mixing().mix("mixed", new LinearMixer(), cancelled));
    assertTrue(String.valueOf(gone.getMessage()).contains("they cancel"), gone.getMessage());
    Adapter half =
        mixing().mix("mixed", new LinearMixer(), MixPlan.of(same, 0.75).with(same, 0.25)).adapter();
    assertEquals(same.identity(), half.identity());
  }

  @Test
  void aScaleThatNoFileHoldsIsRefused() {
    for (double weight : new double[] {1e39, 1e-50}) {
      MixPlan plan = MixPlan.of(next("a"), weight);
      AdapterException e =
          assertThrows(
              AdapterException.class, () -> mixing().mix("mixed", new LinearMixer(), plan));
      assertTrue(String.valueOf(e.getMessage()).contains("F32"), e.getMessage());
    }
  }

  /** Each layer is cut to what the adapters have there, whatever they have elsewhere. */
  @Test
  void combinedRankIsPerLayerOverAllMethods() {
    Adapter loha =
        new Adapter(
            "loha",
            Map.of(
                WIDE.name(),
                Methods.read(
                    new SiteTensors(WIDE)
                        .add("hada_w1_a", "a", values(Shape.of(6, 1)))
                        .add("hada_w1_b", "b", values(Shape.of(1, 11)))
                        .add("hada_w2_a", "c", values(Shape.of(6, 1)))
                        .add("hada_w2_b", "d", values(Shape.of(1, 11))))),
            Map.of());
    MixPlan plan = MixPlan.of(next("a"), 1).with(loha, 1);
    TruncatedAdapter mixed = mixing().cutWholes().mix("mixed", new Twice(false), plan);
    assertEquals(3, mixed.sites().get(WIDE.name()).rank());
    assertEquals(2, mixed.sites().get(TALL.name()).rank());
    // A whole change has all directions there are, and is smaller as it is.
    Adapter whole =
        new Adapter(
            "whole",
            Map.of(
                WIDE.name(),
                List.of(FullDelta.factors(WIDE, LayerParameter.WEIGHT, values(WIDE.weight())))),
            Map.of());
    TruncatedAdapter stored =
        mixing().cutWholes().mix("mixed", new Twice(false), plan.with(whole, 1));
    assertEquals(List.of(TALL.name()), List.copyOf(stored.sites().keySet()));
    assertTrue(
        stored.adapter().at(WIDE.name()).stream()
            .anyMatch(f -> f.tensors().keySet().equals(Set.of("diff"))));
    TruncatedAdapter kernels =
        mixing().cutWholes().cutKernels(RankRule.fixed(1)).mix("mixed", new Twice(false), plan);
    assertEquals(3, kernels.sites().get(WIDE.name()).rank());
  }
}

package dev.lora4j.diffusion.unet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionInputs;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.RegionalAdapters;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/**
 * A network without attention or norms between places: a convolution of single points, and a
 * transformer block whose attention of places to each other gives 0. There a region ends at its
 * edge, to the last bit.
 */
class RegionBlockTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final GridSize GRID = new GridSize(4, 6);
  private static final int CHANNELS = 16;
  private static final int WORDS = 5;
  private static final int TEXT = 12;
  private static final long ANY = Shape.UNKNOWN;
  private static final List<Site> SITES = new ArrayList<>();
  private static final Map<String, Shape> SHAPES = new HashMap<>();

  static {
    Graph graph = new Graph();
    FrozenWeights source = new FrozenWeights(DType.F32, "");
    Expr x = graph.input("x", DType.F32, Shape.of(1, 4, 2, 2));
    Expr context = graph.input("context", DType.F32, Shape.of(1, 2, TEXT));
    SiteAdapters seeing =
        (site, in, out) -> {
          if (site.kind() == Site.Kind.LINEAR || site.convolution()) {
            SITES.add(site);
          }
          return out;
        };
    staged(Weights.of(graph, "unet", source, seeing), x, TextConditioning.of(context));
    source.parameters().forEach(p -> SHAPES.put(p.name(), p.shape()));
  }

  private static final MixPlan.Part ONE = new MixPlan.Part(adapter("one", 0), Weight.of(0.8));
  private static final MixPlan.Part TWO = new MixPlan.Part(adapter("two", 2), Weight.of(-0.6));
  private static final MixPlan BESIDE = MixPlan.NONE.route(Route.UNMERGED);

  @AfterAll
  static void close() {
    LORA.close();
  }

  private static Expr staged(Weights at, Expr x, TextConditioning words) {
    Expr h = at.conv2d("conv_in", x, CHANNELS, 1, 1, 0);
    Expr tokens = h.permute(0, 2, 3, 1).reshape(h.dim(0), Dim.of(-1), Dim.of(CHANNELS));
    Expr y =
        new TransformerBlock(2, false)
            .apply(at.at("mid_block"), tokens, words.context(), words.shares(0));
    return at.linear("proj_out", y, CHANNELS);
  }

  private static Program program(Scope scope, boolean regional, boolean adapted) {
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, Shape.of(ANY, 4, ANY, ANY));
    Expr context = graph.input("context", DType.F32, Shape.of(ANY, ANY, TEXT));
    List<Expr> shares = new ArrayList<>();
    if (regional) {
      shares.add(graph.input("shares", DType.F32, Shape.of(ANY, ANY, ANY)));
    }
    Set<String> names = new TreeSet<>();
    SITES.stream().map(Site::name).filter(n -> !n.contains("attn1.to_out")).forEach(names::add);
    SiteAdapters adapters = SiteAdapters.NONE;
    if (adapted) {
      adapters =
          regional
              ? new RegionalAdapters(names, RegionBlockTest::place, 1).declare(graph)
              : new UnmergedAdapters(names).declare(graph);
    }
    FrozenWeights source = new FrozenWeights(DType.F32, "");
    Weights weights = Weights.of(graph, "unet", source, adapters);
    return graph.inference(
        scope, List.of(staged(weights, x, new TextConditioning(context, shares))));
  }

  private static SitePlacement place(String site) {
    return site.endsWith("attn2.to_k") || site.endsWith("attn2.to_v")
        ? new SitePlacement.OfTokens()
        : new SitePlacement.OnGrid(0);
  }

  /** Any weight is a formula of its name; what attention between places gives is 0. */
  private static Tensor weight(Scope scope, String name) {
    Shape shape = Objects.requireNonNull(SHAPES.get(name), name);
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      boolean zero = name.contains("attn1.to_out");
      values[i] = zero ? 0 : (float) (0.3 * Math.sin(1.7 * i + name.hashCode() % 1000));
    }
    return Tensor.of(scope, shape, values);
  }

  private static Adapter adapter(String name, double phase) {
    Map<String, List<Factors>> sites = new TreeMap<>();
    for (Site site : SITES) {
      if (!site.name().contains("attn1.to_out")) {
        Shape up = site.weight().with(1, 3);
        HostTensor down = values(site.weight().with(0, 3), phase);
        sites.put(site.name(), List.of(LoraMath.factors(down, values(up, phase), 3)));
      }
    }
    return new Adapter(name, sites, Map.of());
  }

  private static HostTensor values(Shape shape, double phase) {
    double[] values = new double[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = 0.2 * Math.sin(i + phase);
    }
    return HostTensor.of(DType.F32, shape, values);
  }

  private static float[] numbers(int count, double phase) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) Math.cos(0.7 * i + phase);
    }
    return values;
  }

  /** The block's output [places, channels] for one picture. */
  private static float[] output(MixPlan plan) {
    try (Scope scope = LORA.engine().scope("run")) {
      BatchMix mix = new BatchMix(List.of(plan), new SiteCatalogue(SITES), "unet");
      RegionInputs regions = new RegionInputs(mix);
      List<Integer> rows = List.of(0);
      int contexts = regions.contexts(0);
      boolean regional = contexts > 1;
      int places = GRID.places();
      int columns = mix.columns();
      Map<String, Tensor> data = new HashMap<>();
      Shape latents = Shape.of(1, 4, GRID.rows(), GRID.columns());
      data.put("x", Tensor.of(scope, latents, numbers(4 * places, 0)));
      float[] text = numbers(WORDS * TEXT, 1);
      float[] all = new float[contexts * text.length];
      for (int i = 0; i < all.length; i++) {
        all[i] = text[i % text.length];
      }
      data.put("context", Tensor.of(scope, Shape.of(contexts, WORDS, TEXT), all));
      data.put(UnmergedAdapters.WEIGHTS, tensor(scope, mix.weights(rows, 0, 1), 1, columns));
      data.put("shares", tensor(scope, regions.shares(rows, GRID), 1, contexts, places));
      data.put(
          RegionalAdapters.area(0), tensor(scope, regions.areas(rows, GRID), 1, columns, places));
      data.put(RegionalAdapters.WORDS, tensor(scope, regions.words(rows, 0, 1), contexts, columns));
      data.put(RegionalAdapters.NOWHERE, tensor(scope, regions.nowhere(rows, 0, 1), 1, columns));
      Program program = program(scope, regional, !plan.parts().isEmpty());
      Map<String, Tensor> factors = mix.factors(scope, new MergedParameter(scope));
      return program
          .run(
              scope,
              program.hold(
                  scope,
                  name -> factors.containsKey(name) ? factors.get(name) : weight(scope, name)),
              data)
          .get(0)
          .floats();
    }
  }

  private static Tensor tensor(Scope scope, float[] values, long... sizes) {
    return Tensor.of(scope, Shape.of(sizes), values);
  }

  private static RegionMask area(String name, IntPredicate covers) {
    float[] shares = new float[GRID.places()];
    for (int i = 0; i < shares.length; i++) {
      shares[i] = covers.test(i) ? 1 : 0;
    }
    return new RegionMask(name, GRID, shares);
  }

  private static boolean left(int place) {
    return place % GRID.columns() < 3;
  }

  private static final RegionMask LEFT = area("left", RegionBlockTest::left);
  private static final RegionMask RIGHT = area("right", p -> !left(p));

  private static void assertPlace(float[] expected, float[] found, int place, double close) {
    for (int i = place * CHANNELS; i < (place + 1) * CHANNELS; i++) {
      assertEquals(expected[i], found[i], close, "place " + place);
    }
  }

  @Test
  void adapterChangesOnlyItsRegion() {
    float[] base = output(MixPlan.NONE);
    float[] everywhere = output(BESIDE.with(ONE));
    float[] region = output(BESIDE.with(ONE.within(LEFT)));
    for (int place = 0; place < GRID.places(); place++) {
      assertPlace(left(place) ? everywhere : base, region, place, left(place) ? 1e-5 : 0);
      assertTrue(Math.abs(base[place * CHANNELS] - everywhere[place * CHANNELS]) > 1e-3);
    }
  }

  @Test
  void adjacentRegionsEqualTheAdaptersAlone() {
    float[] one = output(BESIDE.with(ONE));
    float[] two = output(BESIDE.with(TWO));
    float[] both = output(BESIDE.with(ONE.within(LEFT)).with(TWO.within(RIGHT)));
    for (int place = 0; place < GRID.places(); place++) {
      assertPlace(left(place) ? one : two, both, place, 1e-5);
    }
  }

  /** What counts everywhere counts also in a region, with what is there. */
  @Test
  void globalAdapterCountsInARegionToo() {
    float[] one = output(BESIDE.with(ONE));
    float[] both = output(BESIDE.with(ONE).with(TWO));
    float[] found = output(BESIDE.with(ONE).with(TWO.within(RIGHT)));
    for (int place = 0; place < GRID.places(); place++) {
      assertPlace(left(place) ? one : both, found, place, 1e-5);
    }
  }

  @Test
  void fullPictureRegionEqualsNoRegion() {
    float[] everywhere = output(BESIDE.with(ONE));
    float[] region = output(BESIDE.with(ONE.within(area("all", p -> true))));
    for (int place = 0; place < GRID.places(); place++) {
      assertPlace(everywhere, region, place, 1e-5);
    }
  }
}

package dev.lora4j.mixers.deltas;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.DeltaMixing;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.mixer.StoredFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What PEFT makes of factors, of linear layers and convolutions, see {@code golden/}. */
class GoldenFactorsTest {
  private static final Map<String, Site> SITES =
      Map.of(
          "linear", Site.linear("unet.linear", Shape.of(12, 9), false),
          "conv", Site.convolution("unet.conv", Shape.of(12, 9, 3, 3), 1, 1));
  private static final double CLOSE = 2e-6;

  private static Engine engine;
  private static Scope scope;

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("golden");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  /** Adapters as they are read, through all that a mix goes through; the draws are our own. */
  @TestFactory
  Stream<DynamicTest> mixedAdaptersAreThoseOfPeft() {
    return cases("peft-factors")
        .filter(one -> !one.mixer.startsWith("dare"))
        .map(one -> one.test("mixed", () -> compare(one, one.mixed())));
  }

  /** The same staged by itself, with their draws. */
  @TestFactory
  Stream<DynamicTest> stagedFactorsAreThoseOfPeft() {
    return cases("peft-factors")
        .filter(one -> !one.mixer.startsWith("task-arithmetic"))
        .map(one -> one.test("staged", () -> compare(one, one.staged())));
  }

  @TestFactory
  Stream<DynamicTest> scalesCountTwiceAsInOldPeft() {
    return cases("peft-0.20.0")
        .map(
            one ->
                one.test(
                    "mixed",
                    () -> {
                      double[] theirs = one.all.get(one.name + "/delta").doubles();
                      double[] ours = Samples.changes(one.mixed()).get(one.site + ".weight");
                      assertArrayEquals(theirs, ours, 3e-5);
                    }));
  }

  private static void compare(Case one, Adapter ours) {
    Factors mixed = ours.at("unet." + one.kind).get(0);
    assertEquals(Double.toString(3), mixed.settings().get("alpha"), "scale 1 at rank 3");
    compare(one, List.of(mixed.tensor(LoraMethod.DOWN), mixed.tensor(LoraMethod.UP)));
  }

  private static void compare(Case one, List<HostTensor> ours) {
    List<String> names = List.of("down", "up");
    for (int i = 0; i < names.size(); i++) {
      HostTensor theirs = one.all.get(one.name + "/" + names.get(i));
      assertArrayEquals(theirs.doubles(), ours.get(i).doubles(), CLOSE, names.get(i));
    }
  }

  /** The results of a file. */
  private static Stream<Case> cases(String file) {
    Map<String, HostTensor> all = GoldenFile.read(file);
    return all.keySet().stream()
        .filter(name -> name.contains("/mixed/"))
        .map(name -> name.substring(0, name.lastIndexOf('/')))
        .distinct()
        .map(name -> new Case(all, name));
  }

  /** One result: what is mixed, and by which mixer. */
  private static final class Case {
    final Map<String, HostTensor> all;
    final String name;
    final String kind;
    final String site;
    final String mixer;

    Case(Map<String, HostTensor> all, String name) {
      String[] words = name.split("/", 3);
      this.all = all;
      this.name = name;
      this.kind = words[0];
      this.site = "unet." + kind;
      this.mixer = words[2];
    }

    DynamicTest test(String how, org.junit.jupiter.api.function.Executable body) {
      return DynamicTest.dynamicTest(how + " " + name, body);
    }

    private double[] numbers(String of) {
      return all.get(of).doubles();
    }

    /** The tensor of one adapter. */
    private HostTensor of(int adapter, String role) {
      HostTensor stacked = all.get(kind + "/" + role);
      Shape shape = stacked.shape();
      int size = (int) (shape.elements() / shape.size(0));
      float[] own = new float[size];
      double[] values = stacked.doubles();
      for (int i = 0; i < size; i++) {
        own[i] = (float) values[adapter * size + i];
      }
      long[] sizes = shape.sizes();
      return HostTensor.of(Shape.of(java.util.Arrays.copyOfRange(sizes, 1, sizes.length)), own);
    }

    Adapter mixed() {
      double[] weights = numbers("weights");
      double[] scales = numbers("scales");
      MixPlan plan = MixPlan.NONE;
      for (int i = 0; i < weights.length; i++) {
        HostTensor down = of(i, "down");
        double alpha = scales[i] * down.shape().size(0);
        Factors factors = LoraMath.factors(down, of(i, "up"), alpha);
        plan =
            plan.with(new Adapter("a" + i, Map.of(site, List.of(factors)), Map.of()), weights[i]);
      }
      return new DeltaMixing(scope, Map.of(site, SITES.get(kind)))
          .mix("mixed", MixerRulesTest.mixer(mixer), plan)
          .adapter();
    }

    List<HostTensor> staged() {
      Graph graph = new Graph();
      List<Tensor> values = new ArrayList<>();
      List<SiteDelta> parts = new ArrayList<>();
      int count = numbers("weights").length;
      for (int i = 0; i < count; i++) {
        Map<String, Expr> inputs = new HashMap<>();
        for (String role : List.of("down", "up", "uniform_down", "uniform_up")) {
          HostTensor value = of(i, role);
          long rows = value.shape().size(0);
          Shape matrix = Shape.of(rows, value.shape().elements() / rows);
          inputs.put(role, graph.input(role + i, DType.F32, matrix));
          values.add(value.reshape(matrix).on(scope));
        }
        LowRank pair = new LowRank(inputs.get("down"), inputs.get("up"));
        StoredFactors stored =
            new StoredFactors(
                pair,
                graph.constant(numbers("scales")[i], DType.F32),
                () -> inputs.get("uniform_down"),
                () -> inputs.get("uniform_up"));
        parts.add(
            SiteDelta.of(
                    i,
                    pair.up().matmul(pair.down()),
                    graph.constant(numbers("weights")[i], DType.F32),
                    () -> {
                      throw new IllegalStateException("the change has no draws here");
                    })
                .with(stored));
      }
      Expr weights = ShapeOps.stack(parts.stream().map(SiteDelta::weight).toList(), 0);
      SiteDeltas deltas = SiteDeltas.of(weights, parts, weights);
      MixedDelta.Product out = (MixedDelta.Product) MixerRulesTest.mixer(mixer).mix(deltas);
      try (Scope work = scope.child("case")) {
        List<Expr> pair = List.of(out.factors().down(), out.factors().up());
        return graph.inference(work, pair).run(work, values).stream().map(HostTensor::of).toList();
      }
    }
  }
}

package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Sums and truncation of what is no pair of factors. */
class OtherMethodsTest {
  private static final Site LINEAR = Site.linear("unet.linear", Shape.of(24, 18), true);
  private static final Site CONV = Site.convolution("unet.conv", Shape.of(12, 5, 3, 3), 1, 1);
  private static final Site GROUPED =
      new Site("unet.grouped", Site.Kind.CONVOLUTION, Shape.of(8, 3, 3, 3), false, 1, 1, 1, 4);
  private static final Site NORM = Site.norm("unet.norm", 4);
  private static final Map<String, Site> SITES =
      Map.of(LINEAR.name(), LINEAR, CONV.name(), CONV, GROUPED.name(), GROUPED, NORM.name(), NORM);

  private static Engine engine;
  private static Scope scope;

  private final Random random = new Random(3);

  @BeforeAll
  static void open() {
    engine = Engine.open(EngineOptions.DEFAULT.threads(1));
    scope = engine.scope("methods");
  }

  @AfterAll
  static void close() {
    engine.close();
  }

  private HostTensor tensor(long... sizes) {
    return tensor(Shape.of(sizes));
  }

  private HostTensor tensor(Shape shape) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return HostTensor.of(shape, values);
  }

  private static Adapter adapter(Site site, Map<String, HostTensor> tensors) {
    SiteTensors all = new SiteTensors(site);
    tensors.forEach((role, tensor) -> all.add(role, role, tensor));
    return new Adapter("a", Map.of(site.name(), Methods.read(all)), Map.of());
  }

  /** The change as the method itself computes it. */
  private static Dense change(Site site, Adapter adapter) {
    Factors factors = adapter.at(site.name()).get(0);
    try (Scope work = scope.child("change")) {
      Graph graph = new Graph();
      var method = Methods.additive(factors.method());
      StagedFactors staged = StagedFactors.inputs(graph, factors.structure(), DType.F32);
      var program = graph.inference(work, List.of(method.delta(site, staged)));
      double[] flat =
          HostTensor.of(program.run(work, StagedFactors.tensors(work, factors)).get(0)).doubles();
      int rest = (int) site.rest();
      double[][] rows = new double[(int) site.out()][rest];
      for (int i = 0; i < flat.length; i++) {
        rows[i / rest][i % rest] = method.scale(factors.structure()) * flat[i];
      }
      return new Dense(rows);
    }
  }

  private static LowRankAlgebra algebra() {
    return new LowRankAlgebra(scope, SITES);
  }

  private void becomesLora(Site site, Map<String, HostTensor> tensors, int rank) {
    becomesLora(site, adapter(site, tensors), rank);
  }

  private void becomesLora(Site site, Adapter other, int rank) {
    Dense whole = change(site, other);
    List<Term> one = List.of(new Term(other, 1));
    TruncatedAdapter exact = algebra().truncate("x", one, RankRule.fixed(1000), DType.F32);
    assertTrue(whole.apart(Dense.at(site, exact.adapter())) < 1e-6, site.name());
    assertTrue(exact.error() < 1e-6);
    TruncatedAdapter cut = algebra().truncate("x", one, RankRule.fixed(rank), DType.F32);
    double error = whole.apart(Dense.at(site, cut.adapter()));
    assertTrue(error > 0.01, "the case is too easy");
    assertEquals(error, cut.error(), 1e-5, site.name());
    assertEquals(whole.apart(whole.cut(engine, rank)), error, 1e-5, site.name());
    Adapter sum = algebra().sum("x", List.of(new Term(other, -0.5)), DType.F32);
    assertTrue(whole.plus(2, Dense.at(site, sum)).norm() < 1e-6 * whole.norm());
  }

  @Test
  void lohaBecomesLoraWithTheReportedError() {
    becomesLora(
        LINEAR,
        Map.of(
            "hada_w1_a", tensor(24, 2),
            "hada_w1_b", tensor(2, 18),
            "hada_w2_a", tensor(24, 2),
            "hada_w2_b", tensor(2, 18)),
        2);
    becomesLora(
        CONV,
        Map.of(
            "hada_w1_a", tensor(12, 3),
            "hada_w1_b", tensor(3, 45),
            "hada_w2_a", tensor(12, 3),
            "hada_w2_b", tensor(3, 45)),
        4);
  }

  private Adapter adalora(Site site, int left, String alpha) {
    Factors factors =
        Factors.of(
            AdaloraMethod.NAME,
            Map.of(
                LoraMethod.DOWN, tensor(LowRank.down(site, left)),
                AdaloraMethod.SIZES, tensor(left, 1),
                LoraMethod.UP, tensor(LowRank.up(site, left))),
            Map.of(AdaloraMethod.INITIAL, "8.0", Alpha.LORA_ALPHA, alpha));
    return new Adapter("a", Map.of(site.name(), List.of(factors)), Map.of());
  }

  /** Of eight directions some are left, with an alpha and with those that PEFT takes for none. */
  @Test
  void adaloraBecomesLoraWithTheReportedError() {
    becomesLora(LINEAR, adalora(LINEAR, 6, "4.0"), 2);
    becomesLora(LINEAR, adalora(LINEAR, 6, "0.0"), 2);
    becomesLora(CONV, adalora(CONV, 5, "-3.0"), 2);
  }

  @Test
  void lokrBecomesLoraWithTheReportedError() {
    becomesLora(LINEAR, Map.of("lokr_w1", tensor(4, 3), "lokr_w2", tensor(6, 6)), 5);
    becomesLora(CONV, Map.of("lokr_w1", tensor(3, 1), "lokr_w2", tensor(4, 5, 3, 3)), 2);
  }

  @Test
  void diffBecomesLoraWithTheReportedError() {
    becomesLora(LINEAR, Map.of("diff", tensor(24, 18)), 7);
    becomesLora(CONV, Map.of("diff", tensor(12, 5, 3, 3)), 3);
  }

  /** Factors of full rank would take twice the room of the change, and four times that of one. */
  @Test
  void fullRankSumsAreStoredAsDiff() {
    Adapter diff = adapter(LINEAR, Map.of("diff", tensor(24, 18)));
    Adapter lokr = adapter(LINEAR, Map.of("lokr_w1", tensor(4, 3), "lokr_w2", tensor(6, 6)));
    Adapter lora =
        adapter(LINEAR, Map.of(LoraMethod.DOWN, tensor(2, 18), LoraMethod.UP, tensor(24, 2)));
    List<Term> terms = List.of(new Term(diff, 0.5), new Term(lokr, -2), new Term(lora, 0.3));
    Adapter sum = algebra().sum("x", terms, DType.F32);
    assertEquals(24 * 18, sum.at(LINEAR.name()).get(0).elements());
    Dense expected =
        change(LINEAR, diff)
            .plus(-0.5, change(LINEAR, diff))
            .plus(-2, change(LINEAR, lokr))
            .plus(0.3, change(LINEAR, lora));
    assertTrue(expected.apart(Dense.at(LINEAR, sum)) < 1e-6);
    assertEquals(
        24 * 18 * 2,
        algebra()
            .sum("x", terms, DType.F16)
            .at(LINEAR.name())
            .get(0)
            .tensor("diff")
            .bytes()
            .limit());
    // Alone with weight 1 nothing is smaller than what it is.
    Adapter alone = algebra().sum("x", List.of(new Term(lokr, 1)), DType.F32);
    assertEquals(lokr.identity(), alone.identity());
    // Stored factors stay what every program reads.
    Adapter wide =
        adapter(LINEAR, Map.of(LoraMethod.DOWN, tensor(16, 18), LoraMethod.UP, tensor(24, 16)));
    Adapter both = algebra().sum("x", List.of(new Term(wide, 1), new Term(lora, 1)), DType.F32);
    assertEquals(LoraMethod.NAME, both.at(LINEAR.name()).get(0).method());
  }

  /** Changes of full rank have all directions; what they do is in the few that hold most of it. */
  @Test
  void overlapIsThatOfTheDirectionsThatCount() {
    Adapter a = adapter(LINEAR, Map.of("diff", mostlyAt(0)));
    Adapter b = adapter(LINEAR, Map.of("diff", mostlyAt(1)));
    SiteComparison all = algebra().compare(a, b).sites().get(LINEAR.name());
    assertEquals(1, all.overlapOut(), 1e-6);
    SiteComparison most = algebra().compare(a, b, 0.9).sites().get(LINEAR.name());
    assertEquals(0, most.overlapOut(), 1e-6);
    assertEquals(0, most.overlapIn(), 1e-6);
    assertEquals(all.inner(), most.inner(), 1e-9);
    assertEquals(1, algebra().compare(a, a, 0.9).sites().get(LINEAR.name()).overlapIn(), 1e-6);
  }

  private static HostTensor mostlyAt(int place) {
    float[] values = new float[24 * 18];
    for (int i = 0; i < 18; i++) {
      values[i * 18 + i] = i == place ? 10 : 0.1f;
    }
    return HostTensor.of(Shape.of(24, 18), values);
  }

  @Test
  void groupedConvolutionsKeepTheirFactors() {
    Map<String, HostTensor> tensors =
        Map.of("lora_down.weight", tensor(2, 3, 3, 3), "lora_up.weight", tensor(8, 2, 1, 1));
    Adapter grouped = adapter(GROUPED, tensors);
    Adapter same = algebra().sum("x", List.of(new Term(grouped, 1)), DType.F32);
    assertEquals(grouped.at(GROUPED.name()), same.at(GROUPED.name()));
    List<Term> twice = List.of(new Term(grouped, 1), new Term(grouped, 0.5));
    TruncatedAdapter cut = algebra().truncate("x", twice, RankRule.fixed(9), DType.F32);
    Dense expected = change(GROUPED, grouped).plus(0.5, change(GROUPED, grouped));
    assertTrue(expected.apart(Dense.at(GROUPED, cut.adapter())) < 1e-6);
    assertEquals(
        2, algebra().orthogonal(cut.adapter(), DType.F32).sites().get(GROUPED.name()).rank());
  }

  @Test
  void changesOfBiasesAndNormsAreAddedUp() {
    Adapter a =
        new Adapter(
            "a",
            Map.of(
                NORM.name(),
                Methods.read(
                    new SiteTensors(NORM)
                        .add("w_norm", "w", HostTensor.of(Shape.of(4), 1, 2, 3, 4))
                        .add("b_norm", "b", HostTensor.of(Shape.of(4), 1, 0, 0, -1)))),
            Map.of());
    Adapter b = adapter(NORM, Map.of("w_norm", HostTensor.of(Shape.of(4), 0, 0, 10, 0)));
    Adapter sum = algebra().sum("x", List.of(new Term(a, 0.5), new Term(b, -1)), DType.F32);
    Map<String, Factors> found =
        Map.of("diff", sum.at(NORM.name()).get(1), "bias", sum.at(NORM.name()).get(0));
    assertEquals(HostTensor.of(Shape.of(4), .5f, 1, -8.5f, 2), found.get("diff").tensor("diff"));
    assertEquals(
        Map.of("b_norm", HostTensor.of(Shape.of(4), .5f, 0, 0, -.5f)),
        Methods.named("bias").write(found.get("bias")));
    Adapter same = algebra().sum("x", List.of(new Term(a, 1)), DType.F32);
    assertEquals(a.identity(), same.identity());
    Adapter great = adapter(NORM, Map.of("w_norm", HostTensor.of(Shape.of(4), 0, 0, 7e4f, 0)));
    assertThrows(
        AdapterException.class, () -> algebra().sum("x", List.of(new Term(great, 2)), DType.F16));
  }

  @Test
  void loraBiasKeepsItsScale() {
    Map<String, HostTensor> tensors =
        Map.of(
            LoraMethod.DOWN,
            tensor(2, 18),
            LoraMethod.UP,
            tensor(24, 2),
            "lora_up.bias",
            tensor(24),
            "alpha",
            HostTensor.of(Shape.of(), 6));
    Adapter a = adapter(LINEAR, tensors);
    Factors bias = a.at(LINEAR.name()).get(0);
    assertEquals("bias", bias.method());
    double[] stored = bias.tensor("diff_b").doubles();
    Adapter alone = algebra().sum("x", List.of(new Term(a, 1)), DType.F32);
    assertSame(bias, alone.at(LINEAR.name()).get(0));
    Adapter b =
        adapter(LINEAR, Map.of(LoraMethod.DOWN, tensor(3, 18), LoraMethod.UP, tensor(24, 3)));
    Adapter sum = algebra().sum("x", List.of(new Term(a, 1), new Term(b, 9)), DType.F32);
    Map<String, HostTensor> written = Methods.named("bias").write(sum.at(LINEAR.name()).get(0));
    double[] found = written.get("diff_b").doubles();
    double[] expected = new double[stored.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = 3 * stored[i];
    }
    assertArrayEquals(expected, found, 1e-6);
    Adapter whole = adapter(LINEAR, Map.of("diff", tensor(24, 18)));
    sum = algebra().sum("x", List.of(new Term(a, 1), new Term(whole, 1)), DType.F32);
    written = Methods.named("bias").write(sum.at(LINEAR.name()).get(0));
    assertArrayEquals(expected, written.get("diff_b").doubles(), 1e-6);
  }

  @Test
  void weightDependentMethodIsRefusedWithBakeAdvice() {
    Adapter scaling =
        adapter(LINEAR, Map.of("weight", tensor(24), "on_input", HostTensor.of(Shape.of(), 0)));
    AdapterException thrown =
        assertThrows(
            AdapterException.class,
            () -> algebra().sum("x", List.of(new Term(scaling, 1)), DType.F32));
    assertTrue(String.valueOf(thrown.getMessage()).contains("bake"), thrown.getMessage());
  }
}

package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraSoupTraining;
import dev.lora4j.core.adapter.lora.LoraSoupTraining.Part;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.lowrank.LowRankAlgebra;
import dev.lora4j.core.lowrank.Term;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** One number for each of several LoRAs at each layer is learned, and nothing else. */
class LoraSoupTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("soup");
  private static final Family FAMILY = Family.of("the base", new SiteCatalogue(SmallNet.sites()));
  private static final AdapterRecipe LORA =
      AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ALL));
  private static final Adapter ONE = trained("one", LORA.rank(2, 3));

  /** Of another rank, and without the convolutions. */
  private static final Adapter TWO =
      trained("two", LORA.rank(3, 1).targets(TargetLayers.of(TargetPreset.LINEAR)));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static FewSteps steps(AdapterRecipe recipe) {
    return FewSteps.of(new TrainedNet(SCOPE, recipe.plan(SmallNet.sites()), DType.F32));
  }

  private static Adapter trained(String name, AdapterRecipe recipe) {
    return new Adapter(name, steps(recipe).factors(DType.F32), Map.of());
  }

  private static LoraSoupTraining soup() {
    return new LoraSoupTraining(List.of(new Part(ONE, 1), new Part(TWO, 0.8)));
  }

  private static AdapterRecipe recipe() {
    return LORA.method(soup()).rank(5, 5);
  }

  private static Adapter sum(double one, double two) {
    Map<String, Site> sites =
        SmallNet.sites().stream().collect(Collectors.toMap(Site::name, Function.identity()));
    List<Term> terms = List.of(new Term(ONE, one), new Term(TWO, two));
    return new LowRankAlgebra(SCOPE, sites).sum("sum", terms, DType.F32);
  }

  /** Before the first step it is the mean, in training and as it is stored. */
  @Test
  void equalSharesAreTheMean() {
    FewSteps steps = steps(recipe());
    PlainNet plain = new PlainNet(SCOPE);
    double[] mean = plain.patched(sum(0.5, 0.4), FAMILY);
    assertTrue(TrainedNet.error(mean, steps.runs().get(0).output()) <= 1e-5);
    Adapter begun =
        new Adapter(
            "begun",
            steps.net().adapter().factors(steps.initial(), steps.initial(), DType.F32),
            Map.of());
    assertTrue(TrainedNet.error(mean, plain.patched(begun, FAMILY)) <= 1e-5);
    assertNotEquals(0, TrainedNet.error(plain.base(), mean));
  }

  @Test
  void storedLoraActsAsTheTrainedWeights() {
    FewSteps steps = steps(recipe());
    Adapter after = new Adapter("after", steps.factors(DType.F32), Map.of());
    double[] merged = new PlainNet(SCOPE).patched(after, FAMILY);
    assertTrue(TrainedNet.error(steps.last().output(), merged) <= 1e-5);
    assertTrue(steps.last().loss() < steps.runs().get(0).loss(), "it learns");
    for (Map.Entry<String, List<Factors>> site : after.sites().entrySet()) {
      boolean both = !TWO.at(site.getKey()).isEmpty();
      assertEquals(both ? 5 : 2, site.getValue().get(0).tensor("lora_down.weight").shape().size(0));
    }
    List<Site> layers = new ArrayList<>(recipe().plan(SmallNet.sites()).sites().keySet());
    List<SortedMap<String, Double>> learned = soup().learned(after, layers);
    FlatLayout layout = steps.net().adapter().layout();
    for (Site site : layers) {
      int at = (int) layout.slot(site.name() + ".weights").orElseThrow().offset();
      assertEquals(steps.flat()[at], learned.get(0).getOrDefault(site.name(), 0.0), 1e-6);
      if (!TWO.at(site.name()).isEmpty()) {
        assertEquals(steps.flat()[at + 1], learned.get(1).getOrDefault(site.name(), 0.0), 1e-6);
      }
      assertNotEquals(0.5, steps.flat()[at], site.name());
    }
    assertEquals(layers.size(), learned.get(0).size());
  }

  @Test
  void onlyTheWeightsAreTrainedAndTheirGradientsAreTheSlopes() {
    AdapterPlan plan = recipe().plan(SmallNet.sites());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F64)) {
      float[] initial = net.initial(FewSteps.SEED);
      long layers =
          plan.sites().keySet().stream().mapToLong(s -> TWO.at(s.name()).isEmpty() ? 1 : 2).sum();
      assertEquals(layers, initial.length);
      double[] flat = TrainedNet.doubles(initial);
      double[] gradient = net.run(flat, initial, 0).gradient();
      double step = 1e-5;
      for (int i = 0; i < flat.length; i++) {
        double[] more = flat.clone();
        double[] less = flat.clone();
        more[i] += step;
        less[i] -= step;
        double slope =
            (net.run(more, initial, 0).loss() - net.run(less, initial, 0).loss()) / (2 * step);
        assertEquals(slope, gradient[i], 1e-6 * Math.abs(slope) + 1e-9, "weight " + i);
      }
    }
  }

  @Test
  void whatCannotBeWeighedIsRefusedByName() {
    Adapter loha =
        trained("hada", LORA.method(TrainableMethods.named("loha", Map.of())).rank(2, 2));
    String method = problem(() -> new LoraSoupTraining(List.of(new Part(loha, 1))));
    assertTrue(method.contains("hada has loha at unet."), method);
    assertTrue(problem(() -> new LoraSoupTraining(List.of())).contains("no LoRA"));
    LoraSoupTraining linear = new LoraSoupTraining(List.of(new Part(TWO, 1)));
    String layer = problem(() -> LORA.method(linear).plan(SmallNet.sites()));
    assertTrue(layer.contains("no LoRA of the soup has the layer"), layer);
    String further = problem(() -> recipe().from(ONE).plan(SmallNet.sites()));
    assertTrue(further.contains("go on from no adapter"), further);
  }

  private static String problem(Runnable work) {
    return String.valueOf(assertThrows(IllegalArgumentException.class, work::run).getMessage());
  }

  /** A stopped run goes on with the same LoRAs alone. */
  @Test
  void identityIsOfTheLorasAndTheirStrengths() {
    Map<String, LoraSoupTraining> others = new HashMap<>();
    others.put("strength", new LoraSoupTraining(List.of(new Part(ONE, 1), new Part(TWO, 0.7))));
    others.put("order", new LoraSoupTraining(List.of(new Part(TWO, 0.8), new Part(ONE, 1))));
    others.put("fewer", new LoraSoupTraining(List.of(new Part(ONE, 1))));
    others.forEach((what, other) -> assertNotEquals(soup().canonical(), other.canonical(), what));
    assertEquals(soup().canonical(), soup().canonical());
  }
}

package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraFaTraining;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.lora.SharedDownTraining;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Training of up factors alone, with down factors that another adapter has. */
class FrozenDownTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("frozen");
  private static final AdapterRecipe BOTH =
      AdapterRecipe.DEFAULT.targets(TargetLayers.of(TargetPreset.ALL)).rank(2, 3);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static FewSteps steps(AdapterRecipe recipe) {
    return FewSteps.of(new TrainedNet(SCOPE, recipe.plan(SmallNet.sites()), DType.F32));
  }

  /** An adapter that was trained as any. */
  private static Adapter other(DType stored) {
    return new Adapter("other", steps(BOTH).factors(stored), Map.of());
  }

  private static AdapterRecipe sharing(Adapter adapter) {
    return BOTH.method(new SharedDownTraining(adapter));
  }

  private static Map<String, HostTensor> tensors(Map<String, List<Factors>> factors, String role) {
    Map<String, HostTensor> all = new HashMap<>();
    factors.forEach((site, some) -> all.put(site, some.get(0).tensor(role)));
    return all;
  }

  /** With the same factors a step has the gradient of B that a step of both has. */
  @Test
  void gradientsOfUpAreThoseOfLora() {
    TrainedNet both = new TrainedNet(SCOPE, BOTH.plan(SmallNet.sites()), DType.F64);
    FlatLayout layout = both.adapter().layout();
    double[] values = new double[Math.toIntExact(layout.length())];
    Map<String, List<Factors>> factors = new HashMap<>();
    Map<String, double[]> ups = new HashMap<>();
    long seed = 1;
    for (Site site : BOTH.plan(SmallNet.sites()).sites().keySet()) {
      Map<String, HostTensor> parts = new HashMap<>();
      for (String part : List.of("down", "up")) {
        FlatLayout.Slot slot = layout.slot(site.name() + "." + part).orElseThrow();
        HostTensor tensor = SmallNet.values(slot.parameter().shape(), seed++, 0.3);
        double[] numbers = tensor.doubles();
        System.arraycopy(numbers, 0, values, Math.toIntExact(slot.offset()), numbers.length);
        parts.put(part, tensor);
      }
      HostTensor down = Objects.requireNonNull(parts.get("down"));
      HostTensor up = Objects.requireNonNull(parts.get("up"));
      factors.put(site.name(), List.of(LoraMath.factors(down, up, 3)));
      ups.put(site.name() + ".up", up.doubles());
    }
    AdapterPlan plan = sharing(new Adapter("other", factors, Map.of())).plan(SmallNet.sites());
    TrainedNet one = new TrainedNet(SCOPE, plan, DType.F64);
    FlatLayout alone = one.adapter().layout();
    double[] up = new double[Math.toIntExact(alone.length())];
    for (FlatLayout.Slot slot : alone.slots()) {
      double[] numbers = Objects.requireNonNull(ups.get(slot.parameter().name()));
      System.arraycopy(numbers, 0, up, Math.toIntExact(slot.offset()), numbers.length);
    }
    TrainedNet.Result expected = both.run(values, TrainedNet.floats(values), 0);
    TrainedNet.Result found = one.run(up, TrainedNet.floats(up), 0);
    assertEquals(expected.loss(), found.loss(), 1e-12 * expected.loss());
    for (FlatLayout.Slot slot : alone.slots()) {
      FlatLayout.Slot there = layout.slot(slot.parameter().name()).orElseThrow();
      for (int i = 0; i < slot.parameter().shape().elements(); i++) {
        double gradient = expected.gradient()[Math.toIntExact(there.offset()) + i];
        assertEquals(
            gradient,
            found.gradient()[Math.toIntExact(slot.offset()) + i],
            1e-12 + 1e-9 * Math.abs(gradient),
            slot.parameter().name());
      }
    }
    assertTrue(plan.elements() < BOTH.plan(SmallNet.sites()).elements());
    assertEquals(alone.length(), plan.elements());
  }

  /** Whatever type the rest is stored in. */
  @ParameterizedTest
  @EnumSource(names = {"F32", "F16", "BF16"})
  void sharedDownIsStoredToTheLastBit(DType of) {
    Adapter other = other(of);
    FewSteps trained = steps(sharing(other));
    for (DType stored : List.of(DType.F32, DType.F16, DType.BF16)) {
      Map<String, List<Factors>> factors = trained.factors(stored);
      assertEquals(
          tensors(other.sites(), LoraMethod.DOWN), tensors(factors, LoraMethod.DOWN), "down");
      tensors(factors, LoraMethod.UP)
          .forEach(
              (site, up) -> {
                assertEquals(stored, up.dtype());
                assertNotEquals(
                    HostTensor.of(stored, up.shape(), new double[up.doubles().length]), up, site);
              });
    }
  }

  @Test
  void whatDoesNotFitIsNamedByItsLayer() {
    Adapter other = other(DType.F32);
    String rank = problem(sharing(other).rank(4, 4));
    assertTrue(rank.contains("train with rank 2 there"), rank);
    assertTrue(rank.contains(other.sites().keySet().iterator().next().substring(0, 5)), rank);
    Map<String, List<Factors>> fewer = new HashMap<>(other.sites());
    String left = other.sites().keySet().iterator().next();
    fewer.remove(left);
    String layer = problem(sharing(new Adapter("fewer", fewer, Map.of())));
    assertTrue(layer.contains("fewer has no LoRA at " + left), layer);
    String start =
        assertThrows(IllegalArgumentException.class, () -> sharing(other).start(FactorInit.PISSA))
            .getMessage();
    assertTrue(start.contains("cannot begin as"), start);
  }

  private static String problem(AdapterRecipe recipe) {
    return String.valueOf(
        assertThrows(IllegalArgumentException.class, () -> recipe.plan(SmallNet.sites()))
            .getMessage());
  }

  /** A run that goes on with another A would be another run. */
  @Test
  void warmStartsNeedTheSameDown() {
    Adapter other = other(DType.F32);
    Adapter trained = new Adapter("trained", steps(sharing(other)).factors(DType.F32), Map.of());
    AdapterPlan plan = sharing(other).from(trained).plan(SmallNet.sites());
    StagedAdapter staged = TrainedNet.staged(plan);
    float[] initial =
        staged.initial(
            SCOPE,
            3,
            site -> {
              throw new AssertionError(site.name());
            });
    Adapter again = new Adapter("again", staged.factors(initial, initial, DType.F32), Map.of());
    assertEquals(trained.identity(), again.identity());
    Adapter drawn =
        new Adapter(
            "drawn", steps(BOTH.method(new LoraFaTraining(5))).factors(DType.F32), Map.of());
    assertTrue(problem(sharing(other).from(drawn)).contains("cannot be trained further"));
    assertNotEquals(sharing(other).canonical(), sharing(drawn).canonical());
  }

  @Test
  void drawnDownDependsOnSeedAndLayerAlone() {
    LoraFaTraining method = new LoraFaTraining(0);
    Map<Site, SiteRecipe> layers = BOTH.method(method).plan(SmallNet.sites()).sites();
    layers.forEach(
        (site, recipe) -> {
          HostTensor down = method.down(site, recipe);
          assertEquals(down, new LoraFaTraining(0).down(site, recipe));
          assertNotEquals(down, new LoraFaTraining(1).down(site, recipe));
          double bound = 1 / Math.sqrt(down.shape().elements() / (double) down.shape().size(0));
          double greatest = 0;
          for (double value : down.doubles()) {
            greatest = Math.max(greatest, Math.abs(value));
          }
          assertTrue(greatest <= bound && greatest > bound / 2, greatest + " of " + bound);
        });
    long different =
        layers.entrySet().stream()
            .map(e -> method.down(e.getKey(), e.getValue()))
            .distinct()
            .count();
    assertEquals(layers.size(), different);
  }
}

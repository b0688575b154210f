package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.adapter.vblora.VbloraMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method on every kind of layer and in every type against LyCORIS and PEFT. */
class MethodMatrixTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("matrix");
  private static final Mixing MIXING = new Mixing(SCOPE);

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<MethodCase> all() {
    return MethodCase.ALL.stream();
  }

  static Stream<MethodCase> additive() {
    return all().filter(MethodMatrixTest::isAdditive);
  }

  static boolean isAdditive(MethodCase at) {
    return at.factors().stream().allMatch(f -> Methods.named(f.method()) instanceof AdditiveMethod);
  }

  @Test
  void everyMethodHasCases() {
    Set<String> seen = new HashSet<>();
    all().forEach(c -> c.factors().forEach(f -> seen.add(f.method())));
    assertEquals(withFactors(), seen);
  }

  /** Methods that factors for weights are of; VB-LoRA is read as LoRA. */
  static Set<String> withFactors() {
    Set<String> methods = new TreeSet<>(Methods.all().keySet());
    methods.remove(VbloraMethod.NAME);
    methods.removeIf(name -> Methods.named(name) instanceof RoutedMethod);
    return methods;
  }

  @ParameterizedTest
  @MethodSource("all")
  void tensorsReadAsTheirMethod(MethodCase at) {
    List<String> methods = at.factors().stream().map(Factors::method).toList();
    assertTrue(methods.contains(at.method()), methods.toString());
  }

  @ParameterizedTest
  @MethodSource("all")
  void mergesAsTheReference(MethodCase at) {
    List<Factors> factors = at.factors();
    for (MethodCase.Merged merged : at.merged()) {
      for (LayerParameter target : LayerParameter.values()) {
        if (merged.parameters().containsKey(target.parameter())) {
          HostTensor found =
              MIXING.merge(
                  at,
                  target,
                  List.of(at.adapter(factors)),
                  AdapterOrder.IN_TURN,
                  (float) merged.strength());
          double[] truth = merged.parameters().get(target.parameter()).doubles();
          compare(at, merged, found, truth);
        }
      }
    }
  }

  private static void compare(
      MethodCase at, MethodCase.Merged merged, HostTensor found, double[] truth) {
    assertEquals(at.dtype(), found.dtype());
    if (at.dtype() == DType.F32) {
      double allowed = isAdditive(at) ? 1e-6 : 2 * merged.error();
      double error = Mixing.error(found.doubles(), truth);
      assertTrue(error <= allowed, "strength " + merged.strength() + ": " + error);
    } else {
      double half = at.dtype() == DType.F16 ? Math.scalb(1.0, -11) : Math.scalb(1.0, -8);
      double[] values = found.doubles();
      for (int i = 0; i < truth.length; i++) {
        // Half a step of the type, and what F32 made of the sum before.
        double step = Math.scalb(half, Math.getExponent(truth[i])) + 1e-6;
        assertEquals(truth[i], values[i], step, "element " + i);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("additive")
  void deltaIsTheDifference(MethodCase at) {
    MethodCase.Merged merged = at.merged().get(0);
    double[] base = Mixing.rounded(SCOPE, at.layer().get("weight"), at.dtype());
    double[] truth = Mixing.difference(merged.parameters().get("weight").doubles(), base);
    double[] sum = new double[truth.length];
    for (Factors factors : at.factors()) {
      AdditiveMethod method = Methods.additive(factors.method());
      if (method.target(factors.structure()) == LayerParameter.WEIGHT) {
        HostTensor delta = MIXING.additive(factors, (m, f) -> m.delta(at.site(), f));
        assertEquals(at.site().weight(), delta.shape());
        sum = Mixing.sum(sum, delta.doubles());
      }
    }
    // A truth of F32 limits what can be seen of a difference.
    assertTrue(Mixing.error(sum, truth) <= (at.dtype() == DType.F32 ? 1e-6 : 2e-6));
  }

  @ParameterizedTest
  @MethodSource("all")
  void actsOnInputsAsTheReference(MethodCase at) {
    for (MethodCase.Output output : at.outputs()) {
      double[] y = isAdditive(at) ? beside(at, output.site()) : inside(at, output.site());
      double error = Mixing.error(y, output.y().doubles());
      assertTrue(error <= 1e-6, output.site() + ": " + error);
    }
  }

  private static double[] inside(MethodCase at, Site site) {
    List<HostTensor> parameters = new ArrayList<>();
    for (LayerParameter target : LayerParameter.values()) {
      if (at.layer().containsKey(target.parameter())) {
        List<Adapter> adapters = List.of(at.adapter(at.factors()));
        parameters.add(MIXING.merge(at, DType.F32, target, adapters, AdapterOrder.IN_TURN, 1));
      }
    }
    List<HostTensor> bias = parameters.subList(1, parameters.size());
    return MIXING.layer(site, at.layer().get("x"), parameters.get(0), bias).doubles();
  }

  /** The layer's own output, and what the factors add to it without being merged. */
  private static double[] beside(MethodCase at, Site site) {
    List<HostTensor> bias = new ArrayList<>();
    if (at.layer().containsKey("bias")) {
      List<Adapter> adapters = List.of(at.adapter(at.factors()));
      bias.add(MIXING.merge(at, DType.F32, LayerParameter.BIAS, adapters, AdapterOrder.IN_TURN, 1));
    }
    HostTensor x = at.layer().get("x");
    HostTensor base =
        MIXING.merge(at, DType.F32, LayerParameter.WEIGHT, List.of(), AdapterOrder.IN_TURN);
    double[] y = MIXING.layer(site, x, base, bias).doubles();
    for (Factors factors : at.factors()) {
      if (Methods.additive(factors.method()).target(factors.structure()) == LayerParameter.WEIGHT) {
        HostTensor added = MIXING.additive(factors, x, (m, f, in) -> m.unmerged(site, in, f));
        y = Mixing.sum(y, added.doubles());
      }
    }
    return y;
  }

  @Test
  void lowRankFormsGiveTheDelta() {
    Set<String> seen = new HashSet<>();
    for (MethodCase at : MethodCase.ALL) {
      for (Factors factors : at.factors()) {
        if (Methods.named(factors.method()) instanceof AdditiveMethod method
            && method.rank(at.site(), factors.structure()).isPresent()) {
          int rank = method.rank(at.site(), factors.structure()).getAsInt();
          HostTensor delta = MIXING.additive(factors, (m, f) -> m.delta(at.site(), f));
          HostTensor product =
              MIXING.additive(factors, (m, f) -> m.lowRank(at.site(), f).product(at.site()));
          HostTensor down = MIXING.additive(factors, (m, f) -> m.lowRank(at.site(), f).down());
          HostTensor up = MIXING.additive(factors, (m, f) -> m.lowRank(at.site(), f).up());
          assertTrue(Mixing.error(product.doubles(), delta.doubles()) <= 1e-6, at.name());
          assertEquals(LowRank.down(at.site(), rank), down.shape(), at.name());
          assertEquals(LowRank.up(at.site(), rank), up.shape(), at.name());
          seen.add(factors.method());
        }
      }
    }
    assertEquals(
        Set.of("adalora", "lora", "loha", "lokr", "miss", "gralora", "vera", "mora"), seen);
  }
}

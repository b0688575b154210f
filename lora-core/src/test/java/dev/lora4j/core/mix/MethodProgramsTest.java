package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerMath;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Programs serve all factors of one form, and stacked factors act as merged ones. */
class MethodProgramsTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static List<MethodCase> single() {
    return MethodCase.ALL.stream().filter(c -> c.dtype() == DType.F32).toList();
  }

  private static void merge(Mixing mixing, MethodCase at, List<Factors> factors) {
    for (LayerParameter target : LayerParameter.values()) {
      if (at.layer().containsKey(target.parameter())) {
        mixing.merge(at, target, List.of(at.adapter(factors)), AdapterOrder.IN_TURN, 0.5f);
      }
    }
  }

  @Test
  void factorsOfAKnownFormStageNothing() {
    Set<List<Object>> met = new HashSet<>();
    List<String> served = new ArrayList<>();
    try (Scope scope = ENGINE.scope("forms")) {
      Mixing mixing = new Mixing(scope);
      for (MethodCase at : single()) {
        List<Object> forms = new ArrayList<>(List.of(at.site()));
        for (SiteParts.Part part :
            SiteParts.of(List.of(at.adapter(at.factors())), at.site().name())) {
          forms.add(part.method().form(part.factors().structure()));
          forms.add(part.stacks(at.site()));
        }
        long compiled = ENGINE.compiled();
        merge(mixing, at, at.factors());
        if (!met.add(forms)) {
          assertEquals(compiled, ENGINE.compiled(), at.name());
          served.add(at.name());
        }
      }
    }
    // These differ from others in their rank.
    Set<String> others = Set.of("locon rs linear F32", "dylora linear F32", "peft loha conv F32");
    assertTrue(served.containsAll(others), served.toString());
  }

  @Test
  void anotherScaleStagesNothing() {
    int changed = 0;
    try (Scope scope = ENGINE.scope("scales")) {
      Mixing mixing = new Mixing(scope);
      for (MethodCase at : single()) {
        HostTensor alpha = at.roles().get(AdapterMethod.ALPHA);
        Map<String, HostTensor> roles = new TreeMap<>(at.roles());
        Map<String, String> settings = new TreeMap<>(at.settings());
        if (alpha != null) {
          roles.put(AdapterMethod.ALPHA, HostTensor.of(Shape.of(), (float) alpha.doubles()[0] + 5));
        }
        settings.computeIfPresent("lora_alpha", (name, value) -> "17");
        settings.computeIfPresent("eps", (name, value) -> "0.01");
        merge(mixing, at, at.factors());
        long compiled = ENGINE.compiled();
        merge(mixing, at, Methods.read(at.tensors(roles, settings)));
        assertEquals(compiled, ENGINE.compiled(), at.name());
        changed += roles.equals(at.roles()) && settings.equals(at.settings()) ? 0 : 1;
      }
    }
    assertTrue(changed > 50, changed + " with a scale");
  }

  @Test
  void stackedFactorsActAsMergedOnes() {
    Set<String> methods = new HashSet<>();
    for (MethodCase at : single()) {
      Adapter adapter = at.adapter(at.factors());
      SiteCatalogue catalogue = new SiteCatalogue(List.of(at.site()));
      if (UnmergedAdapters.unmergedSites(MixPlan.of(adapter, 1), catalogue, "unet").isEmpty()) {
        assertEquals(
            Set.of(at.site().name()),
            UnmergedAdapters.mergedSites(MixPlan.of(adapter, 1), catalogue, "unet"));
      } else {
        for (MethodCase.Output output : at.outputs()) {
          List<Adapter> twice = List.of(adapter, adapter);
          double[] whole = output.y().doubles();
          double[] found = beside(at, output, twice, 0.75f, 0.25f);
          assertTrue(Mixing.error(found, whole) <= 1e-6, at.name());
        }
        at.factors().forEach(f -> methods.add(f.method()));
      }
    }
    assertEquals(
        Set.of("adalora", "lora", "loha", "lokr", "miss", "gralora", "vera", "mora"), methods);
  }

  private static double[] beside(
      MethodCase at, MethodCase.Output output, List<Adapter> adapters, float... weights) {
    try (Scope scope = ENGINE.scope("beside")) {
      SiteCatalogue catalogue = new SiteCatalogue(List.of(output.site()));
      UnmergedAdapters beside = new UnmergedAdapters(Set.of(output.site().name()));
      HostTensor values = at.layer().get("x");
      HostTensor weight = at.layer().get("weight");
      Graph graph = new Graph();
      Expr x = graph.input("x", values.dtype(), values.shape());
      Expr w = graph.input("weight", DType.F32, weight.shape());
      Expr b = graph.input("bias", DType.F32, Shape.of(output.site().out()));
      Expr y = LayerMath.apply(output.site(), x, w);
      y = y.add(LayerMath.perChannel(output.site(), b.reshape(1, -1), y));
      y = beside.declare(graph).adapt(output.site(), x, y);
      Program program = graph.inference(scope, List.of(y));
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put("x", values.on(scope));
      inputs.put("weight", weight.on(scope));
      inputs.put("bias", Objects.requireNonNull(at.layer().get("bias")).on(scope));
      inputs.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(1, weights.length), weights));
      MixPlan plan = MixPlan.NONE;
      for (Adapter adapter : adapters) {
        plan = plan.with(adapter, 1);
      }
      Map<String, Tensor> held = beside.factors(scope, new MergedParameter(scope), catalogue, plan);
      return HostTensor.of(program.run(scope, program.hold(scope, held::get), inputs).get(0))
          .doubles();
    }
  }
}

package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Sums formed with all their elements, one layer in memory at a time, see {@link SiteSum#whole}.
 */
final class DenseSums {
  private final Scope scope;
  private final ComputedFactors computed;
  private final Map<List<Object>, Program> programs = new HashMap<>();

  /** Compiles its programs in {@code scope}, when they are first needed. */
  DenseSums(Scope scope, DType stored) {
    this.scope = scope;
    this.computed = new ComputedFactors(scope, stored);
  }

  /** The sum; a single term with weight 1 keeps its form, which may be much smaller. */
  Factors of(SiteSum sum) {
    Site site = sum.site();
    List<MethodTerm> parts = sum.parts();
    if (parts.size() == 1 && parts.get(0).weight() == 1) {
      return rounded(site, parts.get(0).factors());
    }
    try (Scope work = scope.child("dense")) {
      List<Tensor> inputs = new ArrayList<>();
      float[] coefficients = new float[parts.size()];
      for (int i = 0; i < coefficients.length; i++) {
        inputs.addAll(StagedFactors.tensors(work, parts.get(i).factors()));
        coefficients[i] = (float) parts.get(i).coefficient();
      }
      inputs.add(Tensor.of(work, Shape.of(coefficients.length), coefficients));
      return computed.whole(
          site, LayerParameter.WEIGHT, program(site, parts).run(work, inputs).get(0));
    }
  }

  private Factors rounded(Site site, Factors factors) {
    SortedMap<String, HostTensor> tensors = new TreeMap<>();
    factors.tensors().forEach((role, t) -> tensors.put(role, computed.rounded(site, t)));
    return new Factors(factors.method(), tensors, factors.settings());
  }

  private Program program(Site site, List<MethodTerm> parts) {
    Site general = MethodTerm.ungrouped(site);
    List<Object> key = new ArrayList<>(List.of(general));
    for (MethodTerm part : parts) {
      FactorStructure structure = part.factors().structure();
      key.add(Methods.named(structure.method()).form(structure));
    }
    return programs.computeIfAbsent(key, k -> adding(general, parts));
  }

  private Program adding(Site site, List<MethodTerm> parts) {
    Graph graph = new Graph();
    List<Expr> changes = new ArrayList<>();
    for (MethodTerm part : parts) {
      StagedFactors factors = StagedFactors.inputs(graph, part.factors().structure(), DType.F32);
      changes.add(part.method().delta(site, factors).reshape(site.out(), site.rest()));
    }
    Expr coefficients = graph.input("coefficients", DType.F32, Shape.of(parts.size()));
    for (int i = 0; i < changes.size(); i++) {
      changes.set(i, changes.get(i).mul(coefficients.slice(0, i, i + 1)));
    }
    return graph.inference(scope, List.of(changes.stream().reduce(Expr::add).orElseThrow()));
  }
}

package dev.lora4j.core.lowrank;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.FactorStructure;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.StagedFactors;
import dev.lora4j.core.adapter.full.BiasMethod;
import dev.lora4j.core.adapter.full.FullDelta;
import dev.lora4j.core.lowrank.SumPlan.Whole;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Sums of changes without a low-rank form: those of biases and of norms. They are small, so they
 * are added up in Java, in F64, and rounded once.
 */
final class FullRankSums {
  private FullRankSums() {}

  /** The factors at each site; a single term with weight 1 does not change. */
  static Map<String, List<Factors>> of(Scope scope, SumPlan plan, DType stored) {
    Map<String, List<Factors>> result = new HashMap<>();
    Map<String, Double> shares = new HashMap<>();
    // Where no LoRA is stored, none has a scale that a bias could share.
    plan.products()
        .forEach(sum -> shares.put(sum.site().name(), sum.whole() ? Double.NaN : sum.share()));
    plan.rest()
        .forEach(
            (name, all) -> {
              double share = shares.getOrDefault(name, 1.0);
              Map<LayerParameter, List<Whole>> byTarget = new TreeMap<>();
              all.forEach(
                  one -> byTarget.computeIfAbsent(target(one), k -> new ArrayList<>()).add(one));
              byTarget.forEach(
                  (target, same) ->
                      put(
                          result,
                          name,
                          same.size() == 1 && stays(same.get(0), share)
                              ? same.get(0).factors()
                              : sum(scope, target, same, stored)));
            });
    return result;
  }

  /**
   * Returns true if factors keep their meaning in the result. The bias of a LoRA's up factor is
   * scaled as that LoRA is, so it stays only where that scale does.
   */
  private static boolean stays(Whole one, double share) {
    AdditiveMethod method = method(one.factors());
    boolean scaled = method.write(one.factors()).containsKey(BiasMethod.UP);
    return one.weight() == 1 && (!scaled || method.scale(one.factors().structure()) == share);
  }

  private static Factors sum(Scope scope, LayerParameter target, List<Whole> all, DType stored) {
    Site site = all.get(0).site();
    Shape shape = target == LayerParameter.WEIGHT ? site.weight() : Shape.of(site.out());
    double[] sum = new double[Math.toIntExact(shape.elements())];
    for (Whole one : all) {
      double[] change = change(scope, one);
      double coefficient = one.weight() * method(one.factors()).scale(one.factors().structure());
      for (int i = 0; i < sum.length; i++) {
        sum[i] += coefficient * change[i];
      }
    }
    float[] rounded = new float[sum.length];
    for (int i = 0; i < sum.length; i++) {
      rounded[i] = (float) sum[i];
    }
    try (Scope work = scope.child("round")) {
      HostTensor value = HostTensor.of(Tensor.of(work, shape, rounded).to(work, stored));
      if (!value.finite()) {
        throw new AdapterException(
            "The change of the "
                + target.parameter()
                + " of "
                + site.name()
                + " is too great for "
                + stored
                + (stored == DType.F16 ? "; store it as F32 or BF16." : "."));
      }
      return FullDelta.factors(site, target, value);
    }
  }

  /** The change at scale 1. */
  private static double[] change(Scope scope, Whole one) {
    try (Scope work = scope.child("whole")) {
      FactorStructure structure = one.factors().structure();
      Graph graph = new Graph();
      StagedFactors factors = StagedFactors.inputs(graph, structure, DType.F32);
      List<Tensor> out =
          graph
              .inference(work, List.of(method(one.factors()).delta(one.site(), factors)))
              .run(work, StagedFactors.tensors(work, one.factors()));
      return HostTensor.of(out.get(0)).doubles();
    }
  }

  private static LayerParameter target(Whole one) {
    return method(one.factors()).target(one.factors().structure());
  }

  private static AdditiveMethod method(Factors factors) {
    return Methods.additive(factors.method());
  }

  /** Adds factors to those of a site. */
  static void put(Map<String, List<Factors>> result, String site, Factors factors) {
    result.computeIfAbsent(site, k -> new ArrayList<>()).add(factors);
  }
}

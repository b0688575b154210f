package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * A set of just the adapters that it was made of, of which some may be merged. It serves any rows
 * whose adapters are in it, at any unmerged weights.
 */
final class StackedAdapterSet extends AdapterSet {
  private final TextPrograms programs;
  private final List<MixPlan> plans;
  private final BatchMix mix;
  private final boolean merging;
  private final StackedFactors.Use factors;
  private final Map<String, Tensor> merged;

  /**
   * Merges what has to be, and stacks the rest.
   *
   * @param parent owner of what it makes
   * @param plans mixes with equal merged weights, which name the adapters
   * @param mix of these plans
   */
  StackedAdapterSet(Scope parent, TextPrograms programs, List<MixPlan> plans, BatchMix mix) {
    super(parent.child("adapters"), programs.base());
    this.programs = programs;
    this.plans = List.copyOf(plans);
    this.mix = mix;
    this.merging = !mix.mergedNames(0).isEmpty();
    try {
      factors = programs.factors().of(mix);
    } catch (RuntimeException | Error e) {
      super.close();
      throw e;
    }
    try {
      merged =
          mix.mergedSites(scope(), programs.patch(), programs.base().weights(), 0)
              .at(plans.get(0).at(0, 1));
    } catch (RuntimeException | Error e) {
      close();
      throw e;
    }
  }

  /** Mixes that name its adapters. */
  List<MixPlan> plans() {
    return plans;
  }

  /** Mix of {@link #plans}. */
  BatchMix mix() {
    return mix;
  }

  @Override
  Network program(String kind, BiFunction<Graph, Weights, List<Expr>> staging) {
    return programs.program(kind, mix.unmergedSites(), staging);
  }

  @Override
  boolean merging() {
    return merging;
  }

  @Override
  Map<String, Tensor> factors() {
    return factors.tensors();
  }

  @Override
  Map<String, Tensor> merged() {
    return merged;
  }

  @Override
  public void close() {
    super.close();
    factors.close();
  }
}

package dev.lora4j.text.generate;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.StackedFactors;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A set of adapters in a base, with what programs hold for them. It serves any rows whose adapters
 * are in the set, at any unmerged weights.
 */
final class AdapterSet implements AutoCloseable {
  private final Scope scope;
  private final TextModel base;
  private final List<MixPlan> plans;
  private final BatchMix mix;
  private final boolean merging;
  private final StackedFactors.Use factors;
  private final Map<String, Tensor> merged;
  private final Map<Network, HeldInputs> held = new HashMap<>();

  /**
   * Merges what has to be, and stacks the rest.
   *
   * @param parent owner of what it makes
   * @param plans mixes with equal merged weights, which name the adapters
   * @param mix of these plans
   */
  AdapterSet(Scope parent, TextPrograms programs, List<MixPlan> plans, BatchMix mix) {
    this.base = programs.base();
    this.plans = List.copyOf(plans);
    this.mix = mix;
    this.merging = !mix.mergedNames(0).isEmpty();
    this.factors = programs.factors().of(mix);
    this.scope = parent.child("adapters");
    try {
      merged =
          mix.mergedSites(scope, programs.patch(), base.weights(), 0).at(plans.get(0).at(0, 1));
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

  /** Returns true if it has merged weights, which are as large as the base's. */
  boolean merging() {
    return merging;
  }

  /** Bytes of its stacked factors. */
  long bytes() {
    return factors.tensors().values().stream()
        .mapToLong(t -> t.dtype().bytes(t.shape().elements()))
        .sum();
  }

  /**
   * Held inputs of a program, gathered at its first use.
   *
   * @param cache keys and values, the same until {@link #release}
   */
  HeldInputs hold(Network network, Map<String, Tensor> cache) {
    return held.computeIfAbsent(
        network,
        n -> {
          Map<String, Tensor> all = new HashMap<>(factors.tensors());
          all.putAll(cache);
          return n.hold(scope, base.weights(), merged, all);
        });
  }

  /** Lets go of the cache. */
  void release() {
    held.values().forEach(HeldInputs::close);
    held.clear();
  }

  @Override
  public void close() {
    scope.close();
    factors.close();
  }
}

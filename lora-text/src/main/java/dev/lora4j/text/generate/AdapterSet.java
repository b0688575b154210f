package dev.lora4j.text.generate;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.text.model.TextModel;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/** A set of adapters in a base, with what programs hold for them. */
abstract sealed class AdapterSet implements AutoCloseable permits RowAdapterSet, StackedAdapterSet {
  private final Scope scope;
  private final TextModel base;
  private final Map<Network, HeldInputs> held = new HashMap<>();

  /**
   * A set without adapters yet.
   *
   * @param scope of its own, closed with it
   */
  AdapterSet(Scope scope, TextModel base) {
    this.scope = scope;
    this.base = base;
  }

  final Scope scope() {
    return scope;
  }

  /**
   * A program for it.
   *
   * @param kind tells it from the base's others
   * @param staging stages the outputs
   */
  abstract Network program(String kind, BiFunction<Graph, Weights, List<Expr>> staging);

  /** Returns true if it has merged weights, which are as large as the base's. */
  abstract boolean merging();

  /** Factors by the names of a program's held inputs. */
  abstract Map<String, Tensor> factors();

  /** Merged weights by name. */
  abstract Map<String, Tensor> merged();

  /** Bytes of its factors. */
  final long bytes() {
    return factors().values().stream().mapToLong(t -> t.dtype().bytes(t.shape().elements())).sum();
  }

  /**
   * Held inputs of a program, gathered at its first use.
   *
   * @param cache keys and values, the same until {@link #release}
   */
  final HeldInputs hold(Network network, Map<String, Tensor> cache) {
    return held.computeIfAbsent(
        network,
        n -> {
          Map<String, Tensor> all = new HashMap<>(factors());
          all.putAll(cache);
          return n.hold(scope, base.weights(), merged(), all);
        });
  }

  /** Lets go of the cache. */
  final void release() {
    held.values().forEach(HeldInputs::close);
    held.clear();
  }

  @Override
  public void close() {
    scope.close();
  }
}

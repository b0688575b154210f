package dev.lora4j.core.model;

import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * Networks of one model by key, each compiled at its first use and then cached. Any number of
 * threads may ask for them.
 *
 * @param <K> what tells the networks apart
 */
public final class CompiledNetworks<K> {
  private final Scope scope;
  private final DType compute;
  private final Map<K, Network> compiled = new ConcurrentHashMap<>();

  /**
   * An empty cache.
   *
   * @param scope owner of the networks
   * @param compute type that they compute in
   */
  public CompiledNetworks(Scope scope, DType compute) {
    this.scope = scope;
    this.compute = compute;
  }

  /**
   * The network of a key.
   *
   * @param model prefix of the names of its weights
   * @param staging stages it, if it is not there yet
   */
  public Network of(K key, String model, Supplier<Network.Staging> staging) {
    return of(key, model, Map.of(), staging);
  }

  /**
   * The network of a key, with weights of which some are quantised.
   *
   * @param model prefix of the names of its weights
   * @param forms forms of the quantised weights, by name
   * @param staging stages it, if it is not there yet
   */
  public Network of(
      K key, String model, Map<String, WeightForm> forms, Supplier<Network.Staging> staging) {
    return compiled.computeIfAbsent(
        key, k -> Network.compile(scope, model, compute, forms, staging.get()));
  }
}

package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Factors of one method at one site: immutable values without native memory. Made and checked by
 * its method; compares by content.
 *
 * @param method name of the method, see {@link Methods#named}
 * @param tensors values by canonical role, in the method's canonical shapes
 * @param settings what else decides about the effect, for example {@code alpha}; numbers as {@link
 *     Double#toString} writes them
 */
public record Factors(
    String method, SortedMap<String, HostTensor> tensors, SortedMap<String, String> settings) {
  /** Copies its maps. */
  public Factors {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Factors of {@code method} with these tensors and settings. */
  public static Factors of(
      String method, Map<String, HostTensor> tensors, Map<String, String> settings) {
    return new Factors(method, new TreeMap<>(tensors), new TreeMap<>(settings));
  }

  /** The tensor with this role, which must be there. */
  public HostTensor tensor(String role) {
    return Optional.ofNullable(tensors.get(role))
        .orElseThrow(() -> new IllegalArgumentException(method + " has no " + role + " here"));
  }

  /** Structure of the factors, without their values. */
  public FactorStructure structure() {
    SortedMap<String, FactorStructure.Type> types = new TreeMap<>();
    tensors.forEach((role, t) -> types.put(role, new FactorStructure.Type(t.dtype(), t.shape())));
    return new FactorStructure(method, types, settings);
  }

  /** Elements of all tensors together. */
  public long elements() {
    return tensors.values().stream().mapToLong(t -> t.shape().elements()).sum();
  }
}

package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Structure of the factors of one site: everything but the values of their tensors. In the
 * {@linkplain AdapterMethod#form form} that programs are made for, some sizes are unknown.
 *
 * @param method name of the method they belong to
 * @param tensors type and shape by canonical role
 * @param settings what else decides about the effect, for example {@code alpha}; numbers as {@link
 *     Double#toString} writes them
 */
public record FactorStructure(
    String method, SortedMap<String, Type> tensors, SortedMap<String, String> settings) {
  /** Element type and shape of one tensor. */
  public record Type(DType dtype, Shape shape) {}

  /** Copies its maps. */
  public FactorStructure {
    tensors = Collections.unmodifiableSortedMap(new TreeMap<>(tensors));
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** Returns true if there is a tensor with this role. */
  public boolean has(String role) {
    return tensors.containsKey(role);
  }

  /** Shape of the tensor with this role, which must be there. */
  public Shape shape(String role) {
    return Optional.ofNullable(tensors.get(role))
        .orElseThrow(() -> new IllegalArgumentException(method + " has no " + role + " here"))
        .shape();
  }

  /** A copy without the settings {@code names}. */
  public FactorStructure without(String... names) {
    SortedMap<String, String> rest = new TreeMap<>(settings);
    rest.keySet().removeAll(List.of(names));
    return new FactorStructure(method, tensors, rest);
  }

  /** A copy with another value of the setting {@code name}. */
  public FactorStructure with(String name, String value) {
    SortedMap<String, String> changed = new TreeMap<>(settings);
    changed.put(name, value);
    return new FactorStructure(method, tensors, changed);
  }

  /**
   * A copy with dimension {@code d} of the tensor with this role unknown, if there is that tensor.
   */
  public FactorStructure open(String role, int d) {
    SortedMap<String, Type> opened = new TreeMap<>(tensors);
    opened.computeIfPresent(
        role, (r, type) -> new Type(type.dtype(), type.shape().with(d, Shape.UNKNOWN)));
    return new FactorStructure(method, opened, settings);
  }

  /** The setting called {@code name}, which must be there. */
  public String setting(String name) {
    return Optional.ofNullable(settings.get(name))
        .orElseThrow(() -> new IllegalArgumentException(method + " has no setting " + name));
  }

  /** The number in the setting called {@code name}, which must be there. */
  public double number(String name) {
    return Double.parseDouble(setting(name));
  }
}

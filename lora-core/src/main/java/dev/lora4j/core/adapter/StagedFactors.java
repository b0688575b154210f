package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The factors of one site inside a program that is being staged: one expression by role. */
public final class StagedFactors {
  private final Structure structure;
  private final Map<String, Expr> tensors;

  /**
   * Factors whose tensors are these expressions, for example the leaves of a training.
   *
   * @param tensors expressions by role, in the type to compute in
   */
  public StagedFactors(Structure structure, Map<String, Expr> tensors) {
    this.structure = structure;
    this.tensors = new TreeMap<>(tensors);
  }

  /**
   * Declares one input per tensor, in the type it is stored in; mathematics sees it in {@code
   * compute}. The inputs are in the order of {@link #tensors(Scope, Factors)}.
   *
   * @param prefix what the names of the inputs begin with
   */
  public static StagedFactors inputs(
      Graph graph, String prefix, Structure structure, DType compute) {
    Map<String, Expr> inputs = new TreeMap<>();
    structure
        .tensors()
        .forEach(
            (role, type) -> {
              Expr input = graph.input(prefix + role, type.dtype(), type.shape());
              inputs.put(role, type.dtype().floating() ? input.to(compute) : input);
            });
    return new StagedFactors(structure, inputs);
  }

  /** The values for such inputs, owned by {@code scope}. */
  public static List<Tensor> tensors(Scope scope, Factors factors) {
    List<Tensor> values = new ArrayList<>();
    factors.tensors().values().forEach(t -> values.add(t.on(scope)));
    return values;
  }

  /** All about them but the values. */
  public Structure structure() {
    return structure;
  }

  /** The tensor with this role, which must be there. */
  public Expr get(String role) {
    return Optional.ofNullable(tensors.get(role))
        .orElseThrow(
            () -> new IllegalArgumentException(structure.method() + " has no " + role + " here"));
  }

  /** The tensor with this role, if there is one. */
  public Optional<Expr> find(String role) {
    return Optional.ofNullable(tensors.get(role));
  }

  /** The same tensors as the factors of another method, for methods that wrap others. */
  public StagedFactors as(Structure other) {
    return new StagedFactors(other, tensors);
  }
}

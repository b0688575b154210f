package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The factors of one site in a program that is being staged: one expression by role. */
public final class StagedFactors {
  /** Name of the input with the numbers. */
  private static final String NUMBERS = "numbers";

  private final FactorStructure structure;
  private final Map<String, Expr> tensors;
  private final Map<String, Expr> numbers;

  /**
   * Factors whose tensors are these expressions, for example the leaves of a training.
   *
   * @param tensors expressions by role, in the type to compute in
   */
  public StagedFactors(FactorStructure structure, Map<String, Expr> tensors) {
    this(structure, tensors, Map.of());
  }

  private StagedFactors(
      FactorStructure structure, Map<String, Expr> tensors, Map<String, Expr> numbers) {
    this.structure = structure;
    this.tensors = new TreeMap<>(tensors);
    this.numbers = new TreeMap<>(numbers);
  }

  /**
   * Declares one input per tensor, in the type it is stored in, and one for the numbers;
   * mathematics sees all in {@code compute}. The inputs are in the order of {@link #tensors(Scope,
   * Factors)}, and serve all factors of the same {@linkplain AdapterMethod#form form}.
   */
  public static StagedFactors inputs(Graph graph, FactorStructure structure, DType compute) {
    AdapterMethod method = Methods.named(structure.method());
    FactorStructure form = method.form(structure);
    Map<String, Expr> inputs = new TreeMap<>();
    form.tensors()
        .forEach(
            (role, type) -> {
              Expr input = graph.input(role, type.dtype(), type.shape());
              inputs.put(role, type.dtype().floating() ? input.to(compute) : input);
            });
    Map<String, Expr> numbers = new TreeMap<>();
    SortedMap<String, Double> values = method.numbers(structure);
    if (!values.isEmpty()) {
      Expr all = graph.input(NUMBERS, DType.F32, Shape.of(values.size())).to(compute);
      for (String name : values.keySet()) {
        numbers.put(name, all.slice(0, numbers.size(), numbers.size() + 1).reshape(new long[0]));
      }
    }
    return new StagedFactors(form, inputs, numbers);
  }

  /** The values for such inputs, owned by {@code scope}. */
  public static List<Tensor> tensors(Scope scope, Factors factors) {
    List<Tensor> values = new ArrayList<>();
    factors.tensors().values().forEach(t -> values.add(t.on(scope)));
    Collection<Double> numbers =
        Methods.named(factors.method()).numbers(factors.structure()).values();
    if (!numbers.isEmpty()) {
      float[] rounded = new float[numbers.size()];
      int at = 0;
      for (double number : numbers) {
        rounded[at++] = (float) number;
      }
      values.add(Tensor.of(scope, Shape.of(rounded.length), rounded));
    }
    return values;
  }

  /**
   * Structure of the factors, without their values; sizes that their form leaves open are unknown.
   */
  public FactorStructure structure() {
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

  /** The number called {@code name}, a scalar; see {@link AdapterMethod#numbers}. */
  public Expr number(String name) {
    return Optional.ofNullable(numbers.get(name))
        .orElseThrow(
            () -> new IllegalArgumentException(structure.method() + " has no number " + name));
  }

  /** The same tensors as factors of another method, for methods that wrap others. */
  public StagedFactors as(FactorStructure other) {
    return new StagedFactors(other, tensors, numbers);
  }
}

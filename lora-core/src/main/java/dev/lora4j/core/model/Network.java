package dev.lora4j.core.model;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * A staged network together with the weights it runs on. The program is one and the same for any
 * weights; which tensors it gets is decided at each call. Quantised weights have a program of their
 * own, and so have those of which some are merged, which are not quantised any more.
 */
public final class Network {
  private static final String WEIGHT = "weight:";

  /** Programs for other weights that are kept while nobody holds inputs of them. */
  private static final int KEPT = 4;

  private final Scope scope;
  private final String model;
  private final DType compute;
  private final Staging staging;

  /** Forms of the weights that it was compiled for. */
  private final Map<String, WeightForm> usual;

  private final Program program;

  /** Programs for other weights, by the forms of the quantised ones. */
  private final RecentPrograms<Map<String, WeightForm>> programs = new RecentPrograms<>(KEPT);

  private Network(
      Scope scope, String model, DType compute, Map<String, WeightForm> forms, Staging staging) {
    this.scope = scope;
    this.model = model;
    this.compute = compute;
    this.staging = staging;
    this.usual = Map.copyOf(forms);
    this.program = compiled(usual);
  }

  /** Writes a network: declares its data inputs on the graph, then stages with the weights. */
  @FunctionalInterface
  public interface Staging {
    /**
     * Stages the network.
     *
     * @param graph where data inputs are declared
     * @param weights gives the weights of the model, after the data inputs were declared
     * @return the outputs
     */
    List<Expr> stage(Graph graph, Function<SiteAdapters, Weights> weights);
  }

  /**
   * Compiles a network for inference.
   *
   * @param model first part of its sites' names, for example {@code unet}
   */
  public static Network compile(Scope scope, String model, DType compute, Staging staging) {
    return compile(scope, model, compute, Map.of(), staging);
  }

  /**
   * Compiles a network for inference with weights of which some are quantised. Whatever other
   * weights it gets later, it is compiled for when they come.
   *
   * @param model first part of its sites' names, for example {@code unet}
   * @param forms forms of the quantised weights, by name
   */
  public static Network compile(
      Scope scope, String model, DType compute, Map<String, WeightForm> forms, Staging staging) {
    return new Network(scope, model, compute, forms, staging);
  }

  private Program compiled(Map<String, WeightForm> forms) {
    Graph graph = new Graph();
    FrozenWeights source = new FrozenWeights(compute, WEIGHT, forms);
    List<Expr> outputs =
        staging.stage(graph, adapters -> Weights.of(graph, model, source, adapters));
    return graph.inference(scope, outputs);
  }

  /**
   * Runs the network once.
   *
   * @param weights the weights by name
   * @param data the other inputs by name
   */
  public List<Tensor> run(Scope scope, WeightStore weights, Map<String, Tensor> data) {
    try (Scope call = scope.child("network")) {
      return run(scope, hold(call, weights, Map.of(), Map.of()), data);
    }
  }

  /**
   * Gathers the inputs that stay the same over many runs; block by block if the {@linkplain
   * WeightStore#memory memory} of the weights is bounded.
   *
   * @param weights the weights by name
   * @param patched merged weights that replace those of the same name in {@code weights}
   * @param factors inputs that the adapters declared, by name
   */
  public HeldInputs hold(
      Scope scope, WeightStore weights, Map<String, Tensor> patched, Map<String, Tensor> factors) {
    Map<String, WeightForm> forms = packed(weights, patched.keySet());
    Function<String, Tensor> inputs =
        name -> {
          if (!name.startsWith(WEIGHT)) {
            return given(factors, name);
          }
          String weight = name.substring(WEIGHT.length());
          Tensor patch = patched.get(weight);
          return patch == null ? weights.tensor(weight) : patch;
        };
    Function<Program, HeldInputs> gathering =
        p ->
            weights.memory().isPresent()
                ? p.hold(scope, inputs, weights.memory().getAsLong())
                : p.hold(scope, inputs);
    return forms.equals(usual)
        ? gathering.apply(program)
        : programs.hold(forms, () -> compiled(forms), gathering);
  }

  private static Map<String, WeightForm> packed(WeightStore weights, Set<String> merged) {
    Map<String, WeightForm> forms = weights.forms();
    if (Collections.disjoint(forms.keySet(), merged)) {
      return forms;
    }
    Map<String, WeightForm> others = new HashMap<>(forms);
    others.keySet().removeAll(merged);
    return others;
  }

  private static Tensor given(Map<String, Tensor> tensors, String name) {
    Tensor given = tensors.get(name);
    if (given == null) {
      throw new IllegalArgumentException("input '" + name + "' was not given");
    }
    return given;
  }

  /** Runs the network on weights that {@link #hold} gathered. */
  public List<Tensor> run(Scope scope, HeldInputs held, Map<String, Tensor> data) {
    return held.program().run(scope, held, data);
  }

  /**
   * Parameters that a model requests when staged: the weights that its checkpoint must have.
   *
   * @param compute the type the staging computes in
   */
  public static List<Parameter> parameters(DType compute, Staging staging) {
    return walk("", compute, staging);
  }

  /** {@link #parameters} of a model whose sites' names begin with {@code model}. */
  public static List<Parameter> walk(String model, DType compute, Staging staging) {
    Graph graph = new Graph();
    FrozenWeights source = new FrozenWeights(compute, WEIGHT);
    staging.stage(graph, adapters -> Weights.of(graph, model, source, adapters));
    return source.parameters();
  }
}

package dev.lora4j.core.model;

import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * A staged network together with the weights it runs on. The program is one and the same for any
 * weights; which tensors it gets is decided at each call.
 */
public final class Network {
  private static final String WEIGHT = "weight:";

  private final Program program;

  private Network(Program program) {
    this.program = program;
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
    Graph graph = new Graph();
    FrozenWeights source = new FrozenWeights(compute, WEIGHT);
    List<Expr> outputs =
        staging.stage(graph, adapters -> Weights.of(graph, model, source, adapters));
    return new Network(graph.inference(scope, outputs));
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
   * Gathers the inputs that stay the same over many runs.
   *
   * @param weights the weights by name
   * @param patched merged weights that replace those of the same name in {@code weights}
   * @param factors inputs that the adapters declared, by name
   */
  public HeldInputs hold(
      Scope scope, WeightStore weights, Map<String, Tensor> patched, Map<String, Tensor> factors) {
    return program.hold(
        scope,
        name -> {
          if (!name.startsWith(WEIGHT)) {
            return given(factors, name);
          }
          String weight = name.substring(WEIGHT.length());
          Tensor patch = patched.get(weight);
          return patch == null ? weights.tensor(weight) : patch;
        });
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
    return program.run(scope, held, data);
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

package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Programs that make the numbers of quantised weights, each compiled at its first use. Weights of
 * the same form and shape share one, so that a model has as many as it has kinds of layers.
 */
final class NumberPrograms {
  private final Scope scope;
  private final DType compute;
  private final Map<Key, Program> made = new ConcurrentHashMap<>();

  /** A kind of weight; parts are inputs. */
  private record Key(WeightForm form, Shape shape, Map<String, Input> parts) {}

  private record Input(DType type, Shape shape) {}

  /**
   * No programs yet.
   *
   * @param scope owner of the programs
   * @param compute type of the numbers
   */
  NumberPrograms(Scope scope, DType compute) {
    this.scope = scope;
    this.compute = compute;
  }

  /**
   * The numbers of a weight.
   *
   * @param owner of the result
   * @param parts parts and constants of the form, by name
   */
  Tensor numbers(Scope owner, WeightForm form, Shape shape, Map<String, Tensor> parts) {
    Map<String, Input> inputs = new TreeMap<>();
    parts.forEach((name, part) -> inputs.put(name, new Input(part.dtype(), part.shape())));
    Program program = made.computeIfAbsent(new Key(form, shape, inputs), this::compiled);
    return program.run(owner, parts).get(0);
  }

  private Program compiled(Key key) {
    Graph graph = new Graph();
    Map<String, Expr> inputs = new LinkedHashMap<>();
    key.parts()
        .forEach((name, part) -> inputs.put(name, graph.input(name, part.type(), part.shape())));
    return graph.inference(
        scope, List.of(QuantisedNumbers.stage(graph, key.form(), inputs, key.shape(), compute)));
  }
}

package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The program that gives the weights to evaluate and to save. */
final class EvaluationWeights implements AutoCloseable {
  private final Program program;
  private final List<String> inputs;

  private EvaluationWeights(Program program, List<String> inputs) {
    this.program = program;
    this.inputs = inputs;
  }

  static EvaluationWeights compile(Scope scope, DType type, StepSettings settings) {
    Graph graph = new Graph();
    Shape vector = Shape.of(Shape.UNKNOWN);
    Map<String, Expr> inputs = new LinkedHashMap<>();
    Expr result;
    if (settings.averageDecay() > 0) {
      result = graph.input(TrainingState.AVERAGE, type, vector);
      inputs.put(TrainingState.AVERAGE, result);
    } else {
      Optimizer optimizer = settings.optimizer();
      Expr weights = graph.input(TrainingState.WEIGHTS, type, vector);
      inputs.put(TrainingState.WEIGHTS, weights);
      for (OptimizerSlot memory : optimizer.memories()) {
        Shape shape = memory instanceof OptimizerSlot.Scalar ? Shape.of() : vector;
        inputs.put(memory.name(), graph.input(memory.name(), memory.type(type), shape));
      }
      result =
          optimizer.evaluation(weights, name -> Objects.requireNonNull(inputs.get(name), name));
    }
    Expr copy = graph.call("clone", type, vector, result);
    return new EvaluationWeights(
        graph.inference(scope, List.of(copy)), List.copyOf(inputs.keySet()));
  }

  /** A copy of them. */
  Tensor weights(Scope owner, TrainingState state) {
    return program.run(owner, inputs.stream().map(state::tensor).toList()).get(0);
  }

  @Override
  public void close() {
    program.close();
  }
}

package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.Cost;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

/**
 * Cost of a training step, computed before anything heavy is done: from the step's own staging,
 * with the sizes of a batch filled in.
 *
 * @param batches number of batches in a step
 * @param batch cost of one batch
 * @param weights bytes of the frozen weights that it uses
 * @param state bytes of the trained values, their gradients and the optimiser's moments
 */
public record StepCost(int batches, Cost batch, long weights, long state) {
  /** The gradient by weight and as one buffer. */
  private static final int GRADIENTS = 2;

  /**
   * Counts a step; takes about as long as staging it, and no memory to speak of.
   *
   * @param sized a graph that knows the sizes of all inputs
   * @param step stages it
   */
  public static StepCost of(
      Graph sized, Function<Graph, TaskLoss> step, AdapterPlan plan, TrainingSettings settings) {
    TaskLoss program = step.apply(sized);
    program.parameters().gradient(program.loss());
    Set<String> trained = new HashSet<>();
    program.parameters().parameters().stream().map(Parameter::name).forEach(trained::add);
    long weights =
        sized.heldInputs().stream()
            .filter(i -> !trained.contains(i.name()))
            .mapToLong(i -> i.shape().elements() * i.dtype().bits() / Byte.SIZE)
            .sum();
    return new StepCost(settings.accumulate(), sized.cost(), weights, state(plan, settings));
  }

  /**
   * Counts a step of a task whose batches are all like this one.
   *
   * @param scope for the inputs of the batch, which are made to see their sizes
   * @param batch of the task, the largest that a step can have
   */
  public static StepCost of(
      Scope scope, TrainingTask task, TrainingBatch batch, TrainingSettings settings) {
    AdapterPlan plan = task.plan();
    Map<String, Shape> sizes = new HashMap<>(plan.shapes());
    sizes.putAll(plan.fixedShapes());
    plan.shapes().forEach((name, shape) -> sizes.put(TrainedTensor.anchor(name), shape));
    TaskLoss unsized = Staging.of(task, Staging.Purpose.TRAINING);
    try (Scope made = scope.child("sizes")) {
      List<Tensor> inputs = batch.inputs(made);
      List<Graph.Input> declared = unsized.parameters().graph().inputs();
      // The task's own are declared last, behind those of dropouts and methods.
      int first = declared.size() - inputs.size();
      for (int i = 0; i < inputs.size(); i++) {
        sizes.put(declared.get(first + i).name(), inputs.get(i).shape());
      }
    }
    Graph sized =
        Graph.sized(
            input ->
                new Graph.Input(
                    input.name(), input.dtype(), sizes.getOrDefault(input.name(), input.shape())));
    return of(
        sized,
        graph -> {
          Staging at =
              new Staging(graph, task.compute(), task.groups(), plan, Staging.Purpose.TRAINING);
          return at.staged(task.loss(at));
        },
        plan,
        settings);
  }

  private static long state(AdapterPlan plan, TrainingSettings settings) {
    long elements = plan.elements() * (1 + GRADIENTS);
    elements += settings.accumulate() > 1 ? plan.elements() : 0;
    elements += settings.averageDecay() > 0 ? plan.elements() : 0;
    return DType.F32.bytes(elements)
        + settings.optimizer(plan).bytes(plan.shapes().values(), DType.F32);
  }

  /** Floating-point operations of a step in linear layers, convolutions and attention. */
  public long flops() {
    return batches * batch.flops();
  }

  /**
   * Bytes that a step needs at the most: frozen weights, state, values stored for the gradient, and
   * those that the largest operator reads and writes. What engine and Java need beside them, some
   * 300 MB, is not among them, and neither is a base's part that no step uses.
   */
  public long bytes() {
    return weights + state + batch.kept() + batch.working();
  }

  /** Seconds of a step on a machine of this speed. */
  public double seconds(TrainingSpeed rate) {
    return batches
        * (batch.flops() / rate.flops()
            + batch.traffic() / rate.traffic()
            + batch.operators() * rate.operator());
  }
}

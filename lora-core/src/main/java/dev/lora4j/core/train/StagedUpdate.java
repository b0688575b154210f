package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import dev.lora4j.core.train.optimizer.Update;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Inputs of an optimizer within a step.
 *
 * @param gradient clipped, laid out like the weights, [n]
 * @param rate the learning rate before groups multiply it; a scalar F64
 */
record StagedUpdate(
    FlatParameters parameters,
    List<OptimizerSlot> memories,
    StateInputs state,
    Expr gradient,
    Expr rate,
    Expr count,
    Expr taken)
    implements Update {
  private record StagedPart(
      double multiple, Expr rate, Expr weights, Expr gradient, Function<String, Expr> memories)
      implements Part {
    @Override
    public Expr slot(String name) {
      return memories.apply(name);
    }
  }

  private record StagedWhole(
      Parameter parameter,
      int run,
      double multiple,
      Expr rate,
      Expr weights,
      Expr gradient,
      Function<String, Expr> memories)
      implements Whole {
    @Override
    public Expr slot(String name) {
      return memories.apply(name);
    }
  }

  @Override
  public Graph graph() {
    return parameters.graph();
  }

  @Override
  public DType type() {
    return parameters.type();
  }

  @Override
  public Expr scalar(String name) {
    return state.scalar(name, DType.F64);
  }

  @Override
  public List<Part> runs() {
    int[] groups = groups();
    List<Part> runs = new ArrayList<>();
    Expr rest = gradient;
    for (int group : groups) {
      Expr weights = state.group(TrainingState.WEIGHTS, type(), group);
      Dim length = weights.dim(0);
      Expr part = groups.length == 1 ? gradient : rest.narrow(0, Dim.of(0), length);
      Function<String, Expr> vectors = name -> state.group(name, slot(name).type(type()), group);
      runs.add(new StagedPart(multiple(group), rate(group), weights, part, vectors));
      rest = rest.slice(0, length, rest.dim(0));
    }
    return runs;
  }

  private int[] groups() {
    return parameters.parameters().stream().mapToInt(parameters.groups()::of).distinct().toArray();
  }

  @Override
  public List<Whole> weights() {
    List<Whole> all = new ArrayList<>();
    List<Integer> runs = Arrays.stream(groups()).boxed().toList();
    Expr rest = gradient;
    for (Parameter parameter : parameters.parameters()) {
      Expr weight = state.weight(TrainingState.WEIGHTS, type(), parameter, parameter.shape());
      Dim[] sizes = Dim.all(weight);
      Dim length = Arrays.stream(sizes).reduce(Dim.of(1), Dim::times);
      Expr part = rest.narrow(0, Dim.of(0), length).reshape(sizes);
      Function<String, Expr> vectors = name -> weight(slot(name), parameter);
      int group = parameters.groups().of(parameter);
      all.add(
          new StagedWhole(
              parameter, runs.indexOf(group), multiple(group), rate(group), weight, part, vectors));
      rest = rest.slice(0, length, rest.dim(0));
    }
    return all;
  }

  private Expr rate(int group) {
    return multiple(group) == 1 ? rate : rate.mul(multiple(group));
  }

  private double multiple(int group) {
    return parameters.groups().rate(group);
  }

  private Expr weight(OptimizerSlot.PerWeight slot, Parameter parameter) {
    Shape shape = slot.shape().apply(parameter.shape());
    return state.weight(slot.name(), slot.type(type()), parameter, shape);
  }

  private OptimizerSlot.PerWeight slot(String name) {
    return memories.stream()
        .filter(m -> m.name().equals(name) && m instanceof OptimizerSlot.PerWeight)
        .map(OptimizerSlot.PerWeight.class::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("There is no vector '" + name + "'."));
  }
}

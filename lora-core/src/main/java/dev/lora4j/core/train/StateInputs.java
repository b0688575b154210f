package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The held inputs of a step that are the state of training: whole vectors, the part of a vector
 * that belongs to a group of weights, and that of one weight. The program sees them as tensors of
 * their own; they share the memory of the vector.
 */
final class StateInputs {
  /** View of a part of a tensor of the state. */
  private record View(String tensor, Optional<Integer> group, Optional<String> weight) {}

  private final FlatParameters parameters;
  private final Map<String, View> views = new LinkedHashMap<>();
  private final Map<View, Expr> inputs = new LinkedHashMap<>();

  StateInputs(FlatParameters parameters) {
    this.parameters = parameters;
  }

  /** Input of a whole vector [n]. */
  Expr whole(String tensor) {
    return whole(tensor, parameters.type());
  }

  /** Input of a whole vector [n] of another type than the weights. */
  Expr whole(String tensor, DType type) {
    View view = new View(tensor, Optional.empty(), Optional.empty());
    return input(view, type, Shape.of(Shape.UNKNOWN));
  }

  /** A number. */
  Expr scalar(String tensor, DType type) {
    return input(new View(tensor, Optional.empty(), Optional.empty()), type, Shape.of());
  }

  /** The part of a vector that belongs to a group of weights, [n]. */
  Expr group(String tensor, DType type, int group) {
    View view = new View(tensor, Optional.of(group), Optional.empty());
    return input(view, type, Shape.of(Shape.UNKNOWN));
  }

  /** The part of a vector that belongs to one weight. */
  Expr weight(String tensor, DType type, Parameter weight, Shape shape) {
    View view = new View(tensor, Optional.empty(), Optional.of(weight.name()));
    return input(view, type, shape);
  }

  private Expr input(View view, DType type, Shape shape) {
    return inputs.computeIfAbsent(
        view,
        v -> {
          // No weight is called so: a name of a layer has no blanks.
          String name = "state " + views.size() + " " + v.tensor();
          views.put(name, v);
          return parameters.graph().held(name, type, shape);
        });
  }

  /** Tensor of a held input; empty if it is no part of the state. */
  Optional<Tensor> tensor(Scope owner, TrainingState state, Tensor sum, String name) {
    return Optional.ofNullable(views.get(name))
        .map(
            view ->
                view.tensor().equals(TrainingRun.SUM)
                    ? sum.view(owner, 0, sum.shape())
                    : tensor(owner, state, view));
  }

  private Tensor tensor(Scope owner, TrainingState state, View view) {
    Tensor whole = state.tensor(view.tensor());
    if (view.weight().isPresent()) {
      Slot slot = state.layout(view.tensor()).slot(view.weight().get()).orElseThrow();
      return whole.view(owner, slot.offset(), slot.parameter().shape());
    }
    if (view.group().isPresent()) {
      return run(owner, whole, state.layout(view.tensor()), view.group().get());
    }
    return whole.view(owner, 0, whole.shape());
  }

  private Tensor run(Scope owner, Tensor whole, FlatLayout layout, int group) {
    List<Slot> slots =
        layout.slots().stream()
            .filter(s -> parameters.groups().of(s.parameter()) == group)
            .toList();
    long length = slots.stream().mapToLong(s -> s.parameter().shape().elements()).sum();
    return whole.view(owner, slots.get(0).offset(), Shape.of(length));
  }
}

package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.adapter.training.DirectionRule.Progress;
import dev.lora4j.core.adapter.training.DirectionRule.Span;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The choice of trained directions between two steps. Marks and what the optimizer remembers are
 * changed at a change of stage alone; the numbers of the rule after any step. What the optimizer
 * remembers of single elements begins anew with 0 for those that come and go, and all that it
 * remembers of a weight of which other directions are trained than before. For one state.
 */
public final class DirectionUpdate implements AutoCloseable {
  /**
   * A layer whose directions are chosen.
   *
   * @param weights names in the layout, each with the dimension of its directions
   */
  public record Layer(Map<String, Integer> weights) {
    /** Copies the map. */
    public Layer {
      weights = Map.copyOf(weights);
    }
  }

  private final Scope scope;
  private final HeldOptimizer optimizer;
  private final DirectionRule rule;
  private final FlatLayout layout;
  private final List<Layer> layers;
  private final MarkedElements elements;
  private final WrittenTensors written;
  private final CarriedMoments moments;
  private final double[] numbers;
  private int stage = -1;

  /**
   * Prepares it.
   *
   * @param owner closes it, unless it is closed before
   * @param layout of the states that it is applied to
   * @throws TensorException if the optimizer cannot forget single elements, or cannot keep some
   *     where the rule asks for it
   */
  public DirectionUpdate(
      Scope owner, HeldOptimizer optimizer, FlatLayout layout, List<Layer> layers) {
    this.optimizer = optimizer;
    this.rule = optimizer.rule();
    this.layout = layout;
    this.layers = List.copyOf(layers);
    MarkedElements.requireSingle(optimizer.optimizer(), layout);
    moments = new CarriedMoments(optimizer.optimizer(), rule.pruned(), layout);
    numbers = new double[rule.numbers().size()];
    scope = owner.child("directions");
    elements = new MarkedElements(scope);
    written = new WrittenTensors(scope);
  }

  /** The rule. */
  public DirectionRule rule() {
    return rule;
  }

  /**
   * Makes the first choice, or finds the one that the state has.
   *
   * @param step steps that are done
   */
  public void begin(TrainingState state, long step) {
    if (stage >= 0) {
      return;
    }
    List<String> names = rule.numbers();
    if (step > 0) {
      stage = (int) number(state, HeldOptimizer.STAGE);
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = number(state, names.get(i));
      }
      return;
    }
    stage = first(state);
    byte[] marks = marks(stage);
    try (Scope work = scope.child("first")) {
      written.write(work, state.tensor(HeldOptimizer.HELD), marks);
      written.write(work, state.tensor(HeldOptimizer.STAGE), stage);
      for (String name : names) {
        written.write(work, state.tensor(name), 0);
      }
    }
  }

  private static double number(TrainingState state, String name) {
    return HostTensor.of(state.tensor(name)).doubles()[0];
  }

  /** Factors of a file are all in use, those of a beginning adapter are not. */
  private int first(TrainingState state) {
    float[] weights = MarkedElements.floats(state.weights());
    int first = 0;
    for (Layer layer : layers) {
      int rank = rank(layer);
      int used = rank;
      for (Map.Entry<String, Integer> weight : layer.weights().entrySet()) {
        used = Math.min(used, slices(weight).used(weights));
      }
      first = Math.max(first, rule.first(rank, used));
    }
    return first;
  }

  private DirectionSlices slices(Map.Entry<String, Integer> weight) {
    FlatLayout.Slot slot =
        layout.slot(weight.getKey()).orElseThrow(() -> new IllegalStateException(weight.getKey()));
    return new DirectionSlices(
        Math.toIntExact(slot.offset()), slot.parameter().shape(), weight.getValue());
  }

  private int rank(Layer layer) {
    return slices(layer.weights().entrySet().iterator().next()).rank();
  }

  private byte[] marks(int at) {
    byte[] marks = new byte[Math.toIntExact(layout.length())];
    for (Layer layer : layers) {
      Span trained = rule.trained(at, rank(layer));
      for (Map.Entry<String, Integer> weight : layer.weights().entrySet()) {
        DirectionSlices slices = slices(weight);
        slices.fill(marks, new Span(0, slices.rank()), (byte) 1);
        slices.fill(marks, trained, (byte) 0);
      }
    }
    return marks;
  }

  /**
   * Chooses after a step or a validation, {@link #begin} having been called.
   *
   * @return the change as a sentence, if there is one
   */
  public Optional<String> apply(TrainingState state, Progress progress) {
    double[] before = numbers.clone();
    int next = rule.next(progress, stage, numbers);
    try (Scope work = scope.child("step")) {
      for (int i = 0; i < numbers.length; i++) {
        if (numbers[i] != before[i]) {
          written.write(work, state.tensor(rule.numbers().get(i)), numbers[i]);
        }
      }
      if (next == stage) {
        return Optional.empty();
      }
      change(work, state, next);
    }
    stage = next;
    return Optional.of(rule.change(stage, numbers));
  }

  private void change(Scope work, TrainingState state, int next) {
    byte[] before = marks(stage);
    byte[] after = marks(next);
    byte[] changed = new byte[before.length];
    for (int i = 0; i < changed.length; i++) {
      changed[i] = (byte) (before[i] ^ after[i]);
    }
    if (moments.any()) {
      carry(work, state, next);
    } else {
      forget(work, state, changed, next);
    }
    written.write(work, state.tensor(HeldOptimizer.HELD), after);
    written.write(work, state.tensor(HeldOptimizer.STAGE), next);
  }

  private Span span(Layer layer, int at) {
    return rule.trained(at, rank(layer));
  }

  /** Slots of the optimizer that begin as 0. */
  private List<OptimizerSlot.PerWeight> slots() {
    return optimizer.optimizer().memories().stream()
        .filter(OptimizerSlot.PerWeight.class::isInstance)
        .map(OptimizerSlot.PerWeight.class::cast)
        .filter(slot -> !(slot instanceof OptimizerSlot.Vector vector && vector.weights()))
        .toList();
  }

  private void carry(Scope work, TrainingState state, int next) {
    List<CarriedMoments.Move> moves = new ArrayList<>();
    for (Layer layer : layers) {
      layer
          .weights()
          .entrySet()
          .forEach(
              weight ->
                  moves.add(
                      new CarriedMoments.Move(
                          slices(weight), span(layer, stage), span(layer, next))));
    }
    List<Tensor> tensors = slots().stream().map(slot -> state.tensor(slot.name())).toList();
    List<float[]> values = tensors.stream().map(MarkedElements::floats).toList();
    moments.carry(values, moves);
    for (int i = 0; i < values.size(); i++) {
      float[] carried = values.get(i);
      written.write(work, tensors.get(i), HostTensor.of(Shape.of(carried.length), carried));
    }
  }

  private void forget(Scope work, TrainingState state, byte[] changed, int next) {
    for (OptimizerSlot.PerWeight slot : slots()) {
      int zero = slot instanceof OptimizerSlot.Codes codes ? codes.zero() : 0;
      byte[] marks = forgotten(state.layout(slot.name()), changed, next);
      elements.fill(work, state.tensor(slot.name()), marks, zero);
    }
  }

  /** Marks for a slot, which has as many numbers of each weight as elements, or others. */
  private byte[] forgotten(FlatLayout own, byte[] changed, int next) {
    byte[] all = new byte[Math.toIntExact(own.length())];
    for (Layer layer : layers) {
      boolean whole = span(layer, stage).disjoint(span(layer, next));
      for (String name : layer.weights().keySet()) {
        FlatLayout.Slot slot = layout.slot(name).orElseThrow();
        FlatLayout.Slot there = own.slot(name).orElseThrow();
        int count = Math.toIntExact(slot.parameter().shape().elements());
        int numbersThere = Math.toIntExact(there.parameter().shape().elements());
        int from = Math.toIntExact(there.offset());
        if (whole) {
          Arrays.fill(all, from, from + numbersThere, (byte) 1);
        } else if (numbersThere >= count) {
          // Fewer are not of single elements; more are blocks whose last is filled up.
          System.arraycopy(changed, Math.toIntExact(slot.offset()), all, from, count);
        }
      }
    }
    return all;
  }

  @Override
  public void close() {
    scope.close();
  }
}

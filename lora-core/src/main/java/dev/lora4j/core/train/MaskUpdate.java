package dev.lora4j.core.train;

import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.Arrays;
import java.util.BitSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The choice of masked elements between two steps. Weights, and where the rule sees it the
 * gradient, are copied to the Java heap at the steps that the rule is due at; no other step costs
 * anything. What becomes masked is 0 from then on in the weights and their moving average, and what
 * the optimizer remembers of single elements begins anew with 0 for those that come and go.
 */
public final class MaskUpdate implements AutoCloseable {
  /**
   * A layer whose elements are masked.
   *
   * @param weights names in the layout, by part
   */
  public record Layer(Map<String, String> weights) {
    /** Copies the map. */
    public Layer {
      weights = Map.copyOf(weights);
    }
  }

  private final Scope scope;
  private final MaskedOptimizer optimizer;
  private final FlatLayout layout;
  private final List<Layer> layers;
  private final MarkedElements elements;

  /**
   * Prepares it.
   *
   * @param owner closes it, unless it is closed before
   * @param layout of the states that it is applied to
   * @throws TensorException if a slot of the optimizer has several elements of a weight in one
   *     number, so that one cannot be forgotten
   */
  public MaskUpdate(Scope owner, MaskedOptimizer optimizer, FlatLayout layout, List<Layer> layers) {
    this.optimizer = optimizer;
    this.layout = layout;
    this.layers = List.copyOf(layers);
    MarkedElements.requireSingle(optimizer.optimizer(), layout);
    scope = owner.child("masks");
    elements = new MarkedElements(scope);
  }

  /** Chooses, if the rule is due at the step that the state has. */
  public void apply(TrainingState state) {
    long step = state.steps();
    if (!optimizer.rule().due(step)) {
      return;
    }
    float[] weights = MarkedElements.floats(state.tensor(TrainingState.WEIGHTS));
    float[] gradient =
        optimizer.rule().seesGradients()
            ? MarkedElements.floats(state.tensor(MaskedOptimizer.GRADIENT))
            : new float[0];
    byte[] before = MarkedElements.bytes(state.tensor(MaskedOptimizer.MASK));
    byte[] next = before.clone();
    for (Layer layer : layers) {
      Map<String, MaskRule.Factor> factors = new LinkedHashMap<>();
      layer
          .weights()
          .forEach((part, name) -> factors.put(part, factor(name, weights, gradient, before)));
      optimizer
          .rule()
          .masks(step, factors)
          .forEach((part, mask) -> mark(next, name(layer, part), mask));
    }
    if (!Arrays.equals(before, next)) {
      change(state, before, next);
    }
  }

  private static String name(Layer layer, String part) {
    return Objects.requireNonNull(layer.weights().get(part), part);
  }

  private FlatLayout.Slot slot(String name) {
    return layout.slot(name).orElseThrow(() -> new IllegalStateException(name));
  }

  private MaskRule.Factor factor(String name, float[] weights, float[] gradient, byte[] mask) {
    FlatLayout.Slot slot = slot(name);
    int from = Math.toIntExact(slot.offset());
    int to = Math.toIntExact(from + slot.parameter().shape().elements());
    BitSet masked = new BitSet(to - from);
    for (int i = from; i < to; i++) {
      masked.set(i - from, mask[i] != 0);
    }
    float[] last = gradient.length == 0 ? gradient : Arrays.copyOfRange(gradient, from, to);
    return new MaskRule.Factor(
        slot.parameter().shape(), Arrays.copyOfRange(weights, from, to), last, masked);
  }

  private void mark(byte[] next, String name, BitSet mask) {
    FlatLayout.Slot slot = slot(name);
    int from = Math.toIntExact(slot.offset());
    int count = Math.toIntExact(slot.parameter().shape().elements());
    for (int i = 0; i < count; i++) {
      next[from + i] = (byte) (mask.get(i) ? 1 : 0);
    }
  }

  private void change(TrainingState state, byte[] before, byte[] next) {
    byte[] masked = new byte[next.length];
    byte[] free = new byte[next.length];
    byte[] changed = new byte[next.length];
    for (int i = 0; i < next.length; i++) {
      masked[i] = (byte) (next[i] & ~before[i]);
      free[i] = (byte) (before[i] & ~next[i]);
      changed[i] = (byte) (before[i] ^ next[i]);
    }
    try (Scope work = scope.child("step")) {
      Tensor mask = state.tensor(MaskedOptimizer.MASK);
      elements.fill(work, mask, free, 0);
      elements.fill(work, mask, masked, 1);
      elements.fill(work, state.weights(), masked, 0);
      state.average().ifPresent(average -> elements.fill(work, average, masked, 0));
      for (OptimizerSlot slot : optimizer.optimizer().memories()) {
        if (slot instanceof OptimizerSlot.PerWeight vector) {
          int zero = slot instanceof OptimizerSlot.Codes codes ? codes.zero() : 0;
          // Codes of 8 bits round 0 to their nearest place, so what grows forgets as well.
          elements.fill(
              work, state.tensor(slot.name()), of(state.layout(vector.name()), changed), zero);
        }
      }
    }
  }

  /** Marks for a slot, which has as many numbers of each weight as elements, or others. */
  private byte[] of(FlatLayout own, byte[] marks) {
    byte[] all = new byte[Math.toIntExact(own.length())];
    for (FlatLayout.Slot slot : layout.slots()) {
      FlatLayout.Slot there = own.slot(slot.parameter().name()).orElseThrow();
      int count = Math.toIntExact(slot.parameter().shape().elements());
      // Fewer are not of single elements; more are blocks whose last is filled up.
      if (there.parameter().shape().elements() >= count) {
        int from = Math.toIntExact(slot.offset());
        System.arraycopy(marks, from, all, Math.toIntExact(there.offset()), count);
      }
    }
    return all;
  }

  @Override
  public void close() {
    scope.close();
  }
}

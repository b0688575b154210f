package dev.lora4j.text.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.run.RunListener;
import dev.lora4j.text.align.EntropyControl;
import dev.lora4j.text.align.EntropyUse;
import java.util.Map;
import java.util.Objects;

/**
 * Coefficient of the entropy that follows what steps measure. Over all batches of a step it is the
 * mean over their tokens, however many each has.
 */
final class ControlledEntropy {
  /** Sum of the entropies of learned tokens, for each thing that is learned. */
  static final String SUM = "entropy_control/sum";

  /** Number of these tokens, for each thing that is learned. */
  static final String TOKENS = "entropy_control/tokens";

  private static final String KEY = "entropy control";

  private final EntropyControl control;
  private final double first;
  private EntropyControl.State state;

  /**
   * The control of a run.
   *
   * @param use with a control
   */
  ControlledEntropy(EntropyUse use) {
    control = use.control().orElseThrow();
    first = use.coefficient();
    state = EntropyControl.State.first(first);
  }

  /** Goes back to before the first step. */
  void begin() {
    state = EntropyControl.State.first(first);
  }

  /** The coefficient of the next step. */
  double coefficient() {
    return control.applied(state);
  }

  /**
   * Measures of a batch, by which the next step has its coefficient.
   *
   * @param each 1 for each thing that is learned
   * @param entropies of all tokens, [tokens]
   * @param marks 1 for those that are learned, else 0, [tokens]
   */
  static void measure(Map<String, Expr> measures, Expr each, Expr entropies, Expr marks) {
    Expr things = each.sum().clampMin(1);
    measures.put(SUM, each.mul(entropies.mul(marks).sum().div(things)));
    measures.put(TOKENS, each.mul(marks.sum().div(things)));
  }

  /** Looks at what a step measured. */
  void taken(RunListener.Step step) {
    double tokens = step.measures().getOrDefault(TOKENS, 0.0);
    double sum = step.measures().getOrDefault(SUM, 0.0);
    state = control.after(state, tokens == 0 ? 0 : sum / tokens);
  }

  /** The state, as a checkpoint keeps it. */
  Map<String, HostTensor> state() {
    double[] numbers = {state.coefficient(), state.entropy()};
    return Map.of(KEY, HostTensor.of(DType.F64, Shape.of(2), numbers));
  }

  /** Goes back to a state. */
  void restore(Map<String, HostTensor> kept) {
    double[] numbers = Objects.requireNonNull(kept.get(KEY), KEY).doubles();
    state = new EntropyControl.State(numbers[0], numbers[1]);
  }
}

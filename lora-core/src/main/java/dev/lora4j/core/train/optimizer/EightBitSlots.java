package dev.lora4j.core.train.optimizer;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** The slots of the weights of one rate, which batches of them take their parts of in turn. */
final class EightBitSlots {
  /** Elements of the weights of a batch, so that numbers of codes take little memory. */
  private static final long MOST_ELEMENTS = 1 << 22;

  /** Weights of a batch, where sizes are unknown. */
  private static final int MOST_WEIGHTS = 64;

  private final Update.Part run;
  private final Map<String, Expr> rest = new HashMap<>();

  private EightBitSlots(Update.Part run) {
    this.run = run;
  }

  /** The next part of a slot, flat. */
  Expr next(String slot, Dim length) {
    Expr all = rest.computeIfAbsent(slot, name -> run.slot(name).reshape(-1));
    rest.put(slot, all.slice(0, length, all.dim(0)));
    return all.narrow(0, Dim.of(0), length);
  }

  /**
   * Stages something for batches of all weights.
   *
   * @param vector any of them
   * @param small for weights that are not known to be none of the small ones
   * @param large for those that are not known to be small
   */
  static void eachBatch(
      Update update,
      EightBitVector vector,
      BiConsumer<EightBitSlots, List<Update.Whole>> small,
      BiConsumer<EightBitSlots, List<Update.Whole>> large) {
    List<Update.Part> runs = update.runs();
    List<Update.Whole> all = update.weights();
    for (int r = 0; r < runs.size(); r++) {
      int run = r;
      List<Update.Whole> weights = all.stream().filter(weight -> weight.run() == run).toList();
      batches(runs.get(r), weights.stream().filter(w -> !known(w, false)).toList(), small);
      batches(runs.get(r), weights.stream().filter(w -> !known(w, true)).toList(), large);
    }
  }

  /** Returns true if a weight is known to be small, or known not to be. */
  private static boolean known(Update.Whole weight, boolean small) {
    Shape shape = weight.parameter().shape();
    return shape.known() && EightBitVector.small(shape) == small;
  }

  private static void batches(
      Update.Part run,
      List<Update.Whole> weights,
      BiConsumer<EightBitSlots, List<Update.Whole>> staged) {
    EightBitSlots slots = new EightBitSlots(run);
    List<Update.Whole> batch = new ArrayList<>();
    long elements = 0;
    for (Update.Whole weight : weights) {
      Shape shape = weight.parameter().shape();
      long more = shape.known() ? shape.elements() : MOST_ELEMENTS / MOST_WEIGHTS;
      if (!batch.isEmpty() && elements + more > MOST_ELEMENTS) {
        staged.accept(slots, List.copyOf(batch));
        batch.clear();
        elements = 0;
      }
      batch.add(weight);
      elements += more;
    }
    if (!batch.isEmpty()) {
      staged.accept(slots, List.copyOf(batch));
    }
  }
}

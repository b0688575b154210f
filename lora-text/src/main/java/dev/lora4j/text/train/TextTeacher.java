package dev.lora4j.text.train;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TaughtText;
import java.util.List;

/**
 * An adapter that another one learns from, and its texts.
 *
 * @param adapter whose predictions are the targets
 * @param weight strength of the adapter, not 0
 * @param words before each text of the student, which call the teacher; empty for none
 * @param learned its texts, of which the student learns
 * @param heldOut those to validate by
 */
public record TextTeacher(
    Adapter adapter,
    double weight,
    String words,
    List<TaughtText> learned,
    List<TaughtText> heldOut) {
  /** Copies its lists, and checks the weight. */
  public TextTeacher {
    if (weight == 0 || !Double.isFinite(weight)) {
      throw new IllegalArgumentException(
          "The weight of the teacher "
              + adapter.name()
              + " is a number other than 0, found "
              + weight
              + ".");
    }
    learned = List.copyOf(learned);
    heldOut = List.copyOf(heldOut);
    if (learned.isEmpty()) {
      throw new IllegalArgumentException(
          "The teacher " + adapter.name() + " has no texts to teach with.");
    }
  }

  /** The adapter at its weight. */
  public MixPlan plan() {
    return MixPlan.of(adapter, weight);
  }
}

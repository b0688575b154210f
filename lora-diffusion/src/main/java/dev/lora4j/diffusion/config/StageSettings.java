package dev.lora4j.diffusion.config;

import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Settings of the training of one network of a base model. The rate rises over {@code warmup}
 * steps, is full until the share {@code full} of the budget is spent, and falls by half a cosine to
 * {@code least} of itself.
 *
 * @param styles whose pictures it sees
 * @param minutes of training, of all runs of the stage together; no bound if there are {@code
 *     steps}
 * @param steps instead of minutes, so that another machine makes the same weights
 * @param batch pictures of a step
 * @param rate the learning rate at its highest
 * @param clip greatest norm of the gradient; 0 clips nothing
 * @param average decay of the EMA of the weights; 0 for none
 * @param heldOut pictures that are not trained on, and that the stage is scored by
 * @param start folder of a base whose weights it begins with; random ones if empty
 */
public record StageSettings(
    List<String> styles,
    double minutes,
    OptionalInt steps,
    int batch,
    double rate,
    int warmup,
    double full,
    double least,
    AdamW optimizer,
    double clip,
    double average,
    int heldOut,
    Optional<Path> start) {
  /** Copies the list. */
  public StageSettings {
    styles = List.copyOf(styles);
  }

  /** Optimiser, clipping and average. */
  public StepSettings stepSettings() {
    StepSettings plain = StepSettings.of(optimizer, clip);
    return average > 0 ? plain.averaging(average) : plain;
  }

  /**
   * Share of the budget that is spent, 1 or more at its end.
   *
   * @param taken steps until now
   * @param spent minutes until now
   */
  public double share(long taken, double spent) {
    double whole = steps.isPresent() ? steps.getAsInt() : minutes;
    return whole == 0 ? 1 : (steps.isPresent() ? taken : spent) / whole;
  }

  /**
   * The learning rate of a step.
   *
   * @param share of the budget that is spent
   * @param taken steps before it
   */
  public double rateAt(double share, long taken) {
    double risen = Math.min(1, (taken + 1.0) / Math.max(1, warmup));
    double fallen = full >= 1 ? 0 : Math.max(0, (share - full) / (1 - full));
    double wave = (1 + Math.cos(Math.PI * Math.min(1, fallen))) / 2;
    return rate * risen * Math.max(least, wave);
  }
}

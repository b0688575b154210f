package dev.lora4j.diffusion.config;

import static dev.lora4j.diffusion.config.KeyType.TEXTS;
import static dev.lora4j.diffusion.config.KeyType.count;
import static dev.lora4j.diffusion.config.KeyType.number;

import dev.lora4j.core.train.optimizer.AdamW;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;

/** The keys that each training stage of a base run has in a table of its own. */
record StageKeys(
    RunKey<List<String>> styles,
    RunKey<Double> minutes,
    RunKey<Integer> steps,
    RunKey<Integer> batch,
    RunKey<Double> rate,
    RunKey<Integer> warmup,
    RunKey<Double> full,
    RunKey<Double> least,
    RunKey<Double> beta1,
    RunKey<Double> beta2,
    RunKey<Double> weightDecay,
    RunKey<Double> clip,
    RunKey<Double> average,
    RunKey<Integer> heldOut,
    RunKey<String> start) {
  private static final double ANY = Double.POSITIVE_INFINITY;
  private static final double BELOW_ONE = Math.nextDown(1.0);
  private static final double EPSILON = 1e-8;

  /** Keys of a table with these defaults. */
  static StageKeys of(String table, StageSettings initial) {
    String t = table + ".";
    AdamW adam = initial.optimizer();
    return new StageKeys(
        RunKey.of(t + "styles", TEXTS, initial.styles(), "Styles whose pictures it sees"),
        RunKey.of(t + "minutes", number(0, ANY), initial.minutes(), "Time of training"),
        RunKey.unset(t + "steps", count(0), "Steps of training; instead of minutes"),
        RunKey.of(t + "batch", count(1), initial.batch(), "Pictures of a step"),
        RunKey.of(t + "lr", number(0, ANY), initial.rate(), "Learning rate at its highest"),
        RunKey.of(t + "warmup", count(0), initial.warmup(), "Steps over which the rate rises"),
        RunKey.of(t + "full", number(0, 1), initial.full(), "Share of the budget until it falls"),
        RunKey.of(
            t + "min_lr_ratio", number(0, 1), initial.least(), "Share of the rate at the end"),
        RunKey.of(t + "beta1", number(0, BELOW_ONE), adam.beta1(), "Of AdamW: memory of gradients"),
        RunKey.of(t + "beta2", number(0, BELOW_ONE), adam.beta2(), "Of AdamW: memory of squares"),
        RunKey.of(t + "weight_decay", number(0, ANY), adam.weightDecay(), "Of AdamW"),
        RunKey.of(t + "clip", number(0, ANY), initial.clip(), "Greatest norm of the gradient"),
        RunKey.of(
            t + "average", number(0, BELOW_ONE), initial.average(), "Decay of the average weights"),
        RunKey.of(t + "held_out", count(1), initial.heldOut(), "Pictures that only score it"),
        RunKey.unset(t + "start", KeyType.PATH, "Folder of a base whose weights it begins with"));
  }

  List<RunKey<?>> all() {
    return List.of(
        styles,
        minutes,
        steps,
        batch,
        rate,
        warmup,
        full,
        least,
        beta1,
        beta2,
        weightDecay,
        clip,
        average,
        heldOut,
        start);
  }

  StageSettings settings(RunValues values) {
    return new StageSettings(
        values.get(styles),
        values.get(minutes),
        values.find(steps).map(OptionalInt::of).orElse(OptionalInt.empty()),
        values.get(batch),
        values.get(rate),
        values.get(warmup),
        values.get(full),
        values.get(least),
        new AdamW(values.get(beta1), values.get(beta2), EPSILON, values.get(weightDecay)),
        values.get(clip),
        values.get(average),
        values.get(heldOut),
        values.find(start).map(Path::of));
  }
}

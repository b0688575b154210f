package dev.lora4j.diffusion.config;

import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.Optimizers;
import dev.lora4j.core.train.schedule.Decay;
import dev.lora4j.core.train.schedule.Decays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Precedence among keys of several layers: a key of a later layer overrides the other of a pair,
 * and choices of a preset that go with another value.
 */
final class Precedence {
  private final ResolvedValues entries;
  private final Consumer<String> notes;

  Precedence(ResolvedValues entries, Consumer<String> notes) {
    this.entries = entries;
    this.notes = notes;
  }

  /** Withdraws the earlier one of steps and epochs. */
  void pairs() {
    RunKeys.EPOCHS_INSTEAD.forEach(
        (steps, epochs) -> {
          if (entries.has(steps) && entries.has(epochs)) {
            pair(steps, epochs);
          }
        });
  }

  private void pair(RunKey<?> steps, RunKey<?> epochs) {
    int later = Integer.compare(entries.source(steps), entries.source(epochs));
    if (later != 0) {
      entries.withdraw(later < 0 ? steps : epochs);
      return;
    }
    String both =
        entries.origin(steps)
            + ": "
            + entries.as(steps)
            + " is said beside "
            + entries.as(epochs)
            + " ("
            + entries.origin(epochs)
            + ")";
    if (entries.renamed(steps) && entries.renamed(epochs)) {
      entries.withdraw(steps);
      notes.accept(both + " and has no effect: the epochs count.");
    } else {
      entries.problem(both + "; a run has one of them, so remove the other.");
    }
  }

  /** Takes back what presets chose for other layers, another schedule or another optimiser. */
  void presets() {
    if (entries.has(AdapterKeys.FROM)) {
      // A preset knows nothing of the adapter, whose layers and ranks are there.
      List.of(AdapterKeys.TARGETS, AdapterKeys.RANK, AdapterKeys.ALPHA)
          .forEach(entries::withdrawPreset);
    }
    if (entries.has(AdapterKeys.SHARED_A)) {
      List.of(AdapterKeys.RANK, AdapterKeys.ALPHA).forEach(entries::withdrawPreset);
    }
    if (!entries.find(AdapterKeys.INCLUDE).orElse(List.of()).isEmpty()) {
      entries.withdrawPreset(AdapterKeys.TARGETS);
    }
    boolean another = entries.has(OptimizerKeys.SCHEDULE) && !entries.free(OptimizerKeys.SCHEDULE);
    if (another && decay().filter(decay -> !decay.warmedUp()).isPresent()) {
      entries.withdrawPreset(OptimizerKeys.WARMUP);
    }
  }

  private Optional<Decay> decay() {
    return made(() -> Decays.named(entries.find(OptimizerKeys.SCHEDULE).orElseThrow()));
  }

  /**
   * Sets the learning rate where only a preset has: that of the denoiser, if no part needs another,
   * so that there is one for optimisers that take one alone; and 1, of which they take the multiple
   * that they find, for those that find the rate themselves.
   */
  void rate() {
    if (!entries.free(OptimizerKeys.RATE)) {
      return;
    }
    RunKey<Double> own = OptimizerKeys.UNET_RATE;
    Optional<Double> denoiser = entries.find(own);
    if (denoiser.isPresent() && (entries.has(OptimizerKeys.TEXT_RATE) || !trainsText())) {
      entries.put(OptimizerKeys.RATE, denoiser.get(), entries.origin(own), entries.as(own));
    } else if (entries.has(OptimizerKeys.OPTIMIZER)
        && !entries.free(OptimizerKeys.OPTIMIZER)
        && optimizer().filter(rule -> !rule.takesSeveralRates()).isPresent()) {
      String name = optimizer().orElseThrow().name();
      entries.put(OptimizerKeys.RATE, 1.0, name + " finds the rate itself", "optimizer.lr");
    }
  }

  private Optional<Optimizer> optimizer() {
    return made(
        () ->
            Optimizers.named(
                entries.find(OptimizerKeys.OPTIMIZER).orElseThrow(),
                entries.find(OptimizerKeys.OPTIMIZER_ARGS).orElseThrow()));
  }

  /** True if text encoders may be trained, as far as that is known without the base. */
  private boolean trainsText() {
    return entries.find(AdapterKeys.TEXT_ENCODER).orElse(false)
        || entries.has(AdapterKeys.FROM)
        || !entries.find(AdapterKeys.INCLUDE).orElse(List.of()).isEmpty()
        || entries.find(AdapterKeys.TARGETS).orElse(List.of()).stream()
            .anyMatch(name -> name.replace('_', '-').equalsIgnoreCase("text-encoders"));
  }

  /** The extension; empty for a wrong name or setting, which the resolver reports. */
  private static <T> Optional<T> made(Supplier<T> making) {
    try {
      return Optional.of(making.get());
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}

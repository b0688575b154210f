package dev.lora4j.core.adapter.relora;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.identity.CanonicalForm;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.LongToDoubleFunction;

/**
 * Directions that are trained in turn, as many at a time, for as many steps each (Lialin et al.
 * 2023, "ReLoRA: High-Rank Training Through Low-Rank Updates"). After each restart the rate rises
 * along a line from 0 to what the schedule has at the end of this warm-up: with a cosine, the
 * paper's jagged cosine.
 *
 * @param restarts how many
 * @param every steps between two restarts
 * @param warmup steps of the warm-up after each restart
 * @param pruned share of what the optimizer remembers that is taken away at a restart
 * @param rank directions that are trained at a time, at the layer with the most
 */
record RestartRule(int restarts, long every, long warmup, double pruned, long rank)
    implements DirectionRule {
  @Override
  public List<String> numbers() {
    return List.of();
  }

  @Override
  public int next(Progress progress, int stage, double[] numbers) {
    return stage(progress.step());
  }

  /** The stage of a step, from 0. */
  private int stage(long step) {
    return (int) Math.min(restarts, step / every);
  }

  @Override
  public Span trained(int stage, int directions) {
    int each = directions / (restarts + 1);
    return new Span(stage * each, (stage + 1) * each);
  }

  @Override
  public double rate(long step, LongToDoubleFunction schedule) {
    int stage = stage(step);
    long since = step - stage * every;
    if (stage == 0 || since >= warmup) {
      return schedule.applyAsDouble(step);
    }
    return schedule.applyAsDouble(stage * every + warmup) * since / warmup;
  }

  @Override
  public OptionalLong restart(int stage) {
    return stage >= 1 && stage <= restarts ? OptionalLong.of(stage * every) : OptionalLong.empty();
  }

  private long all() {
    return rank * (restarts + 1);
  }

  @Override
  public String course() {
    return rank
        + " of "
        + all()
        + " directions are trained at a time; "
        + restarts
        + (restarts == 1 ? " restart" : " restarts")
        + ", every "
        + every
        + " steps, each with "
        + warmup
        + " steps of warm-up";
  }

  @Override
  public List<String> doubts() {
    return warmup > 0
        ? List.of()
        : List.of(
            "restart_warmup_steps is 0: the rate does not warm up after a restart, where the"
                + " optimiser remembers nothing, so that the loss may jump; take it away for a"
                + " tenth of the steps between two restarts.");
  }

  @Override
  public String change(int stage, double[] numbers) {
    return "restart "
        + stage
        + " of "
        + restarts
        + ", directions "
        + (stage * rank + 1)
        + " to "
        + (stage + 1) * rank
        + " of "
        + all()
        + " are trained now.";
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("RestartRule")
        .with("restarts", restarts)
        .with("every", every)
        .with("warmup", warmup)
        .with("pruned", pruned)
        .text();
  }
}

package dev.lora4j.core.train.run;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.LossScale;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.local.LocalSteps;
import dev.lora4j.core.train.local.OuterStep;
import dev.lora4j.core.train.local.StateMean;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Takes the steps of a run in rounds of a {@link RoundSource}. */
final class RoundRunner implements StepTaker {
  private static final String VELOCITY = "outer_velocity";

  private final RoundSource source;
  private final TrainingTask task;
  private final TrainingSettings settings;
  private final RunListener listener;
  private final InterruptibleTask sign;
  private final SharedStep.Run shared;
  private final int parts;
  private final StateMean mean;
  private int skippedInARow;

  /**
   * Compiles what the averages need.
   *
   * @throws IllegalArgumentException if the run cannot be taken in rounds
   */
  RoundRunner(
      Scope scope,
      TrainingTask task,
      TrainingSettings settings,
      AdapterStep step,
      RoundSource source,
      RunListener listener,
      InterruptibleTask sign) {
    this.source = source;
    this.task = task;
    this.settings = settings;
    this.listener = listener;
    this.sign = sign;
    LocalSteps local = source.local();
    parts = Math.min(local.parts(), settings.accumulate());
    source.requireFits(task.plan(), settings);
    RoundChecks.require(task);
    shared = SharedStep.Run.of(task, settings);
    List<StateMean.Factors> products =
        parts == 1 ? List.of() : ChangeForms.of(task.plan(), step.factors().parameters());
    mean = new StateMean(scope, step.layout(), products, local.outer());
  }

  @Override
  public List<RunListener.Step> take(TrainingRun run, int done, TrainedNumbers now) {
    TrainingState state = run.state();
    int steps = Math.min(source.local().steps(), settings.steps() - done);
    SharedRound round =
        new SharedRound(shared, done, steps, parts, state.contents(), state.lossScale());
    Optional<List<RoundShare>> found = source.round(round, sign::stopRequested);
    if (found.isEmpty()) {
      if (!sign.stopRequested()) {
        throw new TrainingFailure("A round of steps was given up, though nobody asked to stop.");
      }
      return List.of();
    }
    List<RoundShare> shares = found.get();
    requireWhole(shares, steps);
    HostTensor before = Objects.requireNonNull(round.contents().get(TrainingState.WEIGHTS));
    double batches = settings.accumulate();
    List<StateMean.Part> results =
        shares.stream().map(s -> new StateMean.Part(s.contents(), s.batches() / batches)).toList();
    run.restore(mean.of(before, results), lossScale(shares));
    shares.forEach(share -> share.notFinite().forEach(listener::notFinite));
    List<RunListener.Step> taken = RoundSteps.of(shares);
    taken.forEach(this::watch);
    return taken;
  }

  private void requireWhole(List<RoundShare> shares, int steps) {
    boolean all = shares.size() == parts;
    all &= shares.stream().allMatch(share -> share.steps().size() == steps);
    all &= shares.stream().mapToInt(RoundShare::batches).sum() == settings.accumulate();
    if (!all) {
      throw new TrainingFailure(
          "A round of "
              + steps
              + " steps of "
              + settings.accumulate()
              + " batches, in "
              + parts
              + " parts, came back as "
              + shares.stream()
                  .map(s -> s.steps().size() + " steps of " + s.batches() + " batches")
                  .toList()
              + ".");
    }
  }

  /** The most careful one: what overflowed for one may overflow for all. */
  private static LossScale lossScale(List<RoundShare> shares) {
    return shares.stream()
        .map(RoundShare::lossScale)
        .min(Comparator.comparingDouble(LossScale::scale).thenComparingLong(LossScale::streak))
        .orElseThrow();
  }

  private void watch(RunListener.Step step) {
    skippedInARow = step.skipped() ? skippedInARow + 1 : 0;
    if (skippedInARow >= StepRunner.MOST_SKIPPED) {
      throw new TrainingFailure(
          StepRunner.MOST_SKIPPED
              + " steps in a row changed nothing, as numbers were not finite in all parts. Lower"
              + " the learning rate, take precision bf16 or f32, or look at these "
              + task.items()
              + "; --resume goes on from the last checkpoint.");
    }
  }

  @Override
  public Map<String, HostTensor> memory() {
    return source.local().outer().remembers() ? Map.of(VELOCITY, mean.velocity()) : Map.of();
  }

  @Override
  public void restore(Map<String, HostTensor> memory) {
    Optional.ofNullable(memory.get(VELOCITY)).ifPresent(mean::velocity);
  }

  @Override
  public Map<String, String> metadata() {
    LocalSteps local = source.local();
    boolean alone = parts == 1 && local.outer().equals(OuterStep.AVERAGE);
    return alone ? Map.of() : Map.of("lora4j_local_steps", local.canonical());
  }
}

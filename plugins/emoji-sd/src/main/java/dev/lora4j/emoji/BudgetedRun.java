package dev.lora4j.emoji;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.TrainingCheckpoint;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.run.InterruptibleTask;
import dev.lora4j.diffusion.config.StageSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;

/**
 * A training run of so many minutes or steps that can be stopped at any moment and resumes from its
 * last checkpoint. With minutes the learning rate follows the clock: how many steps fit into the
 * time depends on the machine. With steps it follows these, and the same run gives the same
 * weights, stopped or not.
 */
final class BudgetedRun {
  private static final double REPORT_MINUTES = 0.5;
  private static final String DRAWS = "draws";
  private static final int MOST_SKIPPED = 10;

  private final String name;
  private final StageSettings settings;
  private final Path checkpoint;
  private final double checkpointMinutes;
  private final Map<String, String> origin;
  private final Consumer<String> log;

  /**
   * @param name of the stage, which lines of progress begin with
   * @param origin what the run depends on beside its settings, by name; another origin is refused
   */
  BudgetedRun(
      String name,
      StageSettings settings,
      Path checkpoint,
      double checkpointMinutes,
      Map<String, String> origin,
      Consumer<String> log) {
    this.name = name;
    this.settings = settings;
    this.checkpoint = checkpoint;
    this.checkpointMinutes = checkpointMinutes;
    this.origin = origin;
    this.log = log;
  }

  /** One step at a learning rate, on the batch of this number. */
  interface Step {
    TrainingRun.Outcome run(TrainingRun run, double rate, long draw);
  }

  /** Receiver of the state after each checkpoint. */
  interface Kept {
    void with(TrainingState state);
  }

  /**
   * Trains until the budget is spent.
   *
   * @throws CancellationException if the thread was interrupted; what was done is then saved
   */
  void run(Scope scope, TrainingStep program, StartingWeights starting, Step step, Kept kept) {
    FlatLayout layout = program.layout();
    Optional<TrainingCheckpoint> earlier = earlier();
    TrainingState state =
        earlier
            .map(read -> read.restore(scope, program, layout))
            .orElseGet(
                () -> TrainingState.begin(scope, program, layout, starting.fill(scope, layout)));
    double minutes = earlier.map(TrainingCheckpoint::minutes).orElse(0.0);
    // Counts skipped steps too: the batch that was skipped must not be drawn again.
    long taken = earlier.map(read -> draws(read, state)).orElse(0L);
    log.accept(
        String.format(Locale.ROOT, "%s: %,d weights, after step %d", name, layout.length(), taken));
    TrainingRun run = program.bind(scope, state);
    boolean whole =
        InterruptibleTask.run(
            sign -> {
              Clock clock = new Clock(minutes);
              long draw = taken;
              int skipped = 0;
              while (!finished(state, kept, clock, draw, sign.stopRequested())) {
                double rate = settings.rateAt(settings.share(draw, clock.minutes()), draw);
                TrainingRun.Outcome outcome = step.run(run, rate, draw);
                clock.loss.add(outcome.loss());
                skipped = outcome.skipped() ? skipped + 1 : 0;
                requireProgress(skipped, rate, draw);
                draw++;
                if (clock.due(settings.share(draw, clock.minutes()) >= 1)) {
                  String line = line(clock, draw, outcome, rate);
                  sign.call(() -> log.accept(line));
                }
              }
              return settings.share(draw, clock.saved) >= 1;
            });
    if (!whole) {
      throw new CancellationException(name + " was stopped before its end.");
    }
  }

  /** A rate that has led to weights without a gradient will not lead out of them. */
  private void requireProgress(int skipped, double rate, long draw) {
    if (skipped == MOST_SKIPPED) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s: the gradients of the last %d steps, up to %d, are not finite, so that nothing"
                  + " changes any more. Begin anew with a lower %s.rate (it is %.1e) or a lower"
                  + " %s.clip; the last checkpoint is as it was.",
              name,
              skipped,
              draw + 1,
              name,
              rate,
              name));
    }
  }

  /** True if a stage has a checkpoint at which its budget is spent. */
  static boolean done(Path checkpoint, StageSettings settings) {
    if (Files.notExists(checkpoint)) {
      return false;
    }
    TrainingCheckpoint read = TrainingCheckpoint.read(checkpoint);
    long taken = Optional.ofNullable(read.notes().get(DRAWS)).map(Long::parseLong).orElse(0L);
    return settings.share(taken, read.minutes()) >= 1;
  }

  /** Saves if it is time to, or if there is no more to come. */
  private boolean finished(
      TrainingState state, Kept kept, Clock clock, long draw, boolean stopped) {
    double spent = clock.minutes();
    boolean done = stopped || settings.share(draw, spent) >= 1;
    if (done || spent - clock.saved >= checkpointMinutes) {
      Map<String, String> notes = new TreeMap<>(origin);
      notes.put(DRAWS, Long.toString(draw));
      TrainingCheckpoint.of(state, spent, notes).write(checkpoint);
      kept.with(state);
      clock.saved = spent;
    }
    return done;
  }

  private Optional<TrainingCheckpoint> earlier() {
    if (Files.notExists(checkpoint)) {
      return Optional.empty();
    }
    TrainingCheckpoint read = TrainingCheckpoint.read(checkpoint);
    origin.forEach(
        (what, now) -> {
          String then = read.notes().getOrDefault(what, now);
          if (!then.equals(now)) {
            throw new IllegalArgumentException(
                checkpoint
                    + " was trained with another "
                    + what
                    + " ("
                    + then
                    + ") than there is now ("
                    + now
                    + "); begin anew with --overwrite or in another folder.");
          }
        });
    return Optional.of(read);
  }

  private static long draws(TrainingCheckpoint read, TrainingState state) {
    return Optional.ofNullable(read.notes().get(DRAWS)).map(Long::parseLong).orElse(state.steps());
  }

  private String line(Clock clock, long steps, TrainingRun.Outcome last, double rate) {
    double spent = clock.minutes();
    String budget =
        settings.steps().isPresent()
            ? String.format(
                Locale.ROOT, "step %d of %d, %.1f min", steps, settings.steps().getAsInt(), spent)
            : String.format(
                Locale.ROOT, "%.1f of %.1f min, step %d", spent, settings.minutes(), steps);
    return String.format(
        Locale.ROOT,
        "%s: %s, loss %.4f, gradient %.2f, rate %.1e",
        name,
        budget,
        clock.loss.take(),
        last.gradientNorm(),
        rate);
  }

  /** The time of all runs together, and what was done when. */
  private static final class Clock {
    private final Mean loss = new Mean();
    private final double before;
    private final long begin = System.nanoTime();
    private double saved;
    private double told = Double.NEGATIVE_INFINITY;

    Clock(double before) {
      this.before = before;
      this.saved = before;
    }

    double minutes() {
      return before + (System.nanoTime() - begin) / 6e10;
    }

    /** True if a line is due: after the first step, the last, and now and then between. */
    boolean due(boolean last) {
      boolean due = last || minutes() - told >= REPORT_MINUTES;
      told = due ? minutes() : told;
      return due;
    }
  }

  /** The mean of losses since it was last taken. */
  private static final class Mean {
    private double sum;
    private int count;

    void add(double value) {
      sum += value;
      count++;
    }

    double take() {
      double mean = sum / count;
      sum = 0;
      count = 0;
      return mean;
    }
  }
}

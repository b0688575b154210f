package dev.lora4j.emoji;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.Checkpoint;
import dev.lora4j.core.train.TrainingRun;
import dev.lora4j.core.train.TrainingState;
import dev.lora4j.core.train.TrainingStep;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * A training run of so many minutes that can be stopped at any moment and goes on from its last
 * checkpoint. The learning rate follows the clock, not the steps: how many steps fit into the time
 * depends on the machine.
 */
final class TimedRun {
  private static final double AVERAGE_DECAY = 0.999;
  private static final int REPORT_EVERY = 100;
  private static final double CHECKPOINT_MINUTES = 5;

  private final Path checkpoint;
  private final double minutes;
  private final double peakRate;
  private final PrintStream log;

  TimedRun(Path checkpoint, double minutes, double peakRate, PrintStream log) {
    this.checkpoint = checkpoint;
    this.minutes = minutes;
    this.peakRate = peakRate;
    this.log = log;
  }

  /** One step at a learning rate, on the batch of this number. */
  interface Step {
    TrainingRun.Outcome run(TrainingRun run, double rate, long draw);
  }

  /** Something to do with the state whenever a checkpoint was written. */
  interface Kept {
    void with(TrainingState state);
  }

  /** The state before the first step, or that of the checkpoint. */
  void run(Scope scope, TrainingStep program, StartingWeights starting, Step step, Kept kept) {
    boolean resumed = Files.exists(checkpoint);
    double before = 0;
    FlatLayout layout = program.layout();
    TrainingState state;
    if (resumed) {
      Checkpoint read = Checkpoint.read(checkpoint);
      before = read.minutes();
      state = read.restore(scope, layout.length(), AVERAGE_DECAY);
    } else {
      float[] initial = starting.fill(scope, layout);
      state = TrainingState.begin(scope, initial, AVERAGE_DECAY);
    }
    TrainingRun run = program.bind(scope, state);
    log.printf("%d weights, %s%n", layout.length(), resumed ? "resuming" : "from the start");
    long begin = System.nanoTime();
    double saved = before;
    double loss = 0;
    // Counts skipped steps too: the batch that was skipped must not be drawn again.
    long draw = state.steps();
    for (int i = 1; ; i++) {
      double spent = before + (System.nanoTime() - begin) / 6e10;
      if (spent - saved > CHECKPOINT_MINUTES || spent >= minutes) {
        Checkpoint.of(state, spent).write(checkpoint);
        kept.with(state);
        saved = spent;
      }
      if (spent >= minutes) {
        return;
      }
      double rate = peakRate * Math.min(1, i / 300.0) * cooling(spent / minutes);
      TrainingRun.Outcome outcome = step.run(run, rate, draw++);
      loss += outcome.loss();
      if (i % REPORT_EVERY == 0) {
        log.printf(
            Locale.ROOT,
            "%.1f min, step %d, loss %.4f, gradient %.2f, rate %.1e%n",
            spent,
            state.steps(),
            loss / REPORT_EVERY,
            outcome.gradientNorm(),
            rate);
        loss = 0;
      }
    }
  }

  /** Full for three tenths of the time, then half a cosine down to nearly nothing. */
  private static double cooling(double share) {
    double progress = Math.max(0, (share - 0.3) / 0.7);
    return Math.max(0.02, (1 + Math.cos(Math.PI * Math.min(1, progress))) / 2);
  }
}

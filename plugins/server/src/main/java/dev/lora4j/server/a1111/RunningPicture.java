package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.server.work.JobTicket;
import java.util.function.BooleanSupplier;

/** A picture that a client waits for, with the steps that are made. */
final class RunningPicture implements StepListener {
  private final int steps;
  private final int first;
  private volatile int done;
  private volatile boolean stopped;
  private volatile Runnable cancel = () -> {};
  private volatile BooleanSupplier result = () -> false;

  /**
   * A picture that waits.
   *
   * @param steps of the whole run
   * @param first how many of them an init image leaves out
   */
  RunningPicture(int steps, int first) {
    this.steps = steps - first;
    this.first = first;
  }

  /** Connects it with the work, which is given up if it was stopped before. */
  void begin(JobTicket<GeneratedImage> ticket) {
    cancel = ticket::cancel;
    result = ticket.result()::isDone;
    if (stopped) {
      ticket.cancel();
    }
  }

  @Override
  public void done(int step, int of) {
    done = Math.max(0, step - first);
  }

  /** Gives it up. */
  void stop() {
    stopped = true;
    cancel.run();
  }

  /** Returns true if somebody has given it up. */
  boolean stopped() {
    return stopped;
  }

  /** Returns true if it is made or given up. */
  boolean ended() {
    return stopped || result.getAsBoolean();
  }

  /** Returns true if its steps have begun. */
  boolean begun() {
    return done > 0;
  }

  /** Number of steps made. */
  int step() {
    return done;
  }

  /** Number of steps in all. */
  int steps() {
    return steps;
  }

  /** From 0 to 1. */
  double progress() {
    return ended() ? 1 : Math.min(1, done / (double) Math.max(1, steps));
  }
}

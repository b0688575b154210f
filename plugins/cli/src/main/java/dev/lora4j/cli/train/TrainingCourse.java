package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.core.train.adapter.AdapterPlan;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Course of a training, whatever is trained on: it is planned alone, or it runs, or a learning rate
 * is found for it.
 *
 * @param spec of the command
 * @param file where options were read
 * @param output options of where it writes
 * @param planned whether it is only planned
 * @param json whether one JSON object reports it
 */
public record TrainingCourse(
    CommandSpec spec, RunFileOption file, TrainingOutput output, PlanOption planned, boolean json) {
  /** A training on a model that is open. */
  public interface Training {
    /** The layers that are trained, and how. */
    AdapterPlan plan();

    /** Number of steps. */
    int steps();

    /**
     * Refuses an adapter that its layout has no form for.
     *
     * @throws dev.lora4j.cli.console.Failure if it has none
     */
    void requireForm();

    /** Tells what is learned, before the first step. */
    void summary();

    /** Counts what it takes. */
    RunEstimate estimate();

    /** Trains, writes the adapter and tells what was trained. */
    void run();
  }

  /** Plans a run, or runs it. */
  @SuppressWarnings("try") // the claim is only held
  public void run(Console console, Training training) {
    training.requireForm();
    if (planned.asked(spec)) {
      begin(console, training);
      planned.tell(console, training.estimate(), json);
      return;
    }
    try (LockedFolder claim = output.claim()) {
      file.keep(output.folder());
      begin(console, training);
      training.run();
    }
  }

  private static void begin(Console console, Training training) {
    training.summary();
    CalibrationText.of(training.plan().recipe()).ifPresent(line -> console.note(line + "."));
    training
        .plan()
        .directions(training.steps())
        .ifPresent(
            rule -> {
              console.note(rule.course() + ".");
              rule.doubts().forEach(console::note);
            });
  }

  /**
   * Finds a learning rate instead. What an earlier run left stays as it is.
   *
   * @param sought the training; its chart goes to the folder of the run
   * @param steps of each trial
   */
  @SuppressWarnings("try") // the claim is only held
  public void find(
      Console console, RateFinding.Sought sought, int steps, RateFinding.Search search) {
    try (LockedFolder claim = LockedFolder.of(sought.folder())) {
      new RateFinding(console, sought, steps).find(search, json);
    }
  }
}

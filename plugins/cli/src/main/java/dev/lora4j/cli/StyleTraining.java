package dev.lora4j.cli;

import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;

/** Trains with a progress bar and nothing kept on the way. */
final class StyleTraining {
  private StyleTraining() {}

  /**
   * Runs {@code trainer} to its end, or until Ctrl-C.
   *
   * @param what the progress bar says
   */
  static TrainedStyle run(
      Console console, String what, StyleTrainer trainer, int steps, int batch) {
    TrainingPace pace = new TrainingPace(batch, "pictures");
    TrainedStyle style;
    try (Progress progress = console.progress(what, steps, "step")) {
      style = trainer.run(step -> progress.done(step.step(), pace.after(step)));
    }
    pace.tellSkipped(console, steps);
    return style;
  }
}

package dev.lora4j.cli.train;

import dev.lora4j.core.train.log.RunStart;
import dev.lora4j.core.train.log.TrackedRun;
import dev.lora4j.core.train.log.Tracker;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The loss over all steps as a picture, {@value #FILE} in the run's folder. Losses before a run was
 * resumed come from the table of the tracker {@code csv}.
 */
@Extension(
    point = Tracker.class,
    name = "chart",
    help = "The loss over all steps in loss.png in the run's folder")
public record ChartTracker() implements Tracker {
  /** The picture. */
  public static final String FILE = "loss.png";

  @Override
  public TrackedRun begin(RunStart run) {
    LossHistory history = LossHistory.until(run.step(), run.folder());
    Path file = run.folder().resolve(FILE);
    return new TrackedRun() {
      private boolean begun;

      @Override
      public void step(Step done) {
        history.add(done.step(), done.loss(), done.validation());
        // Drawn early, because Java cannot begin to draw when Ctrl-C stops a run.
        begun = begun || draw();
      }

      private boolean draw() {
        return history.draw(file, "Training loss of " + run.name());
      }

      @Override
      public void keep() {
        draw();
      }

      @Override
      public void end(Optional<String> failure) {
        keep();
      }
    };
  }
}

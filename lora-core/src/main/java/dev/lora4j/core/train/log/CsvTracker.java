package dev.lora4j.core.train.log;

import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/** A table of all steps, {@value #FILE} in the run's folder; a resumed run continues it. */
@Extension(
    point = Tracker.class,
    name = "csv",
    help = "A row for each step in log.csv in the run's folder")
public record CsvTracker() implements Tracker {
  /** The table. */
  public static final String FILE = "log.csv";

  /** Columns after that of the step. */
  public static final List<String> COLUMNS =
      List.of("loss", "gradient_norm", "learning_rate", "validation_loss", "seconds");

  @Override
  public TrackedRun begin(RunStart run) {
    StepCsv table = StepCsv.open(run.folder().resolve(FILE), COLUMNS, run.step());
    return new TrackedRun() {
      @Override
      public void step(Step s) {
        double validation = s.validation().orElse(Double.NaN);
        table.row(s.step(), s.loss(), s.gradientNorm(), s.rate(), validation, s.seconds());
      }

      @Override
      public void end(Optional<String> failure) {
        table.close();
      }
    };
  }
}

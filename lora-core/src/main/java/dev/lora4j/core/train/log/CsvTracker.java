package dev.lora4j.core.train.log;

import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A table of all steps, {@value #FILE} in the run's folder, and one of what is measured beside the
 * loss, {@value #MEASURES}; a resumed run continues them.
 */
@Extension(
    point = Tracker.class,
    name = "csv",
    help = "A row for each step in log.csv in the run's folder")
public record CsvTracker() implements Tracker {
  /** The table. */
  public static final String FILE = "log.csv";

  /** The table of measures, with those of what is held out after the others. */
  public static final String MEASURES = "measures.csv";

  /** Columns after that of the step. */
  public static final List<String> COLUMNS =
      List.of("loss", "gradient_norm", "learning_rate", "validation_loss", "seconds");

  @Override
  public TrackedRun begin(RunStart run) {
    StepCsv table = StepCsv.open(run.folder().resolve(FILE), COLUMNS, run.step());
    return new TrackedRun() {
      private Optional<StepCsv> measures = Optional.empty();

      @Override
      public void step(Step s) {
        double validation = s.validation().orElse(Double.NaN);
        if (!s.measures().isEmpty()) {
          measured(s);
        }
        table.row(s.step(), s.loss(), s.gradientNorm(), s.rate(), validation, s.seconds());
      }

      private void measured(Step s) {
        List<String> names = List.copyOf(s.measures().keySet());
        if (measures.isEmpty()) {
          List<String> columns = new ArrayList<>(names);
          names.forEach(name -> columns.add("validation/" + name));
          measures = Optional.of(StepCsv.open(run.folder().resolve(MEASURES), columns, run.step()));
        }
        double[] row = new double[2 * names.size()];
        for (int i = 0; i < names.size(); i++) {
          row[i] = s.measures().getOrDefault(names.get(i), Double.NaN);
          row[names.size() + i] = s.heldOut().getOrDefault(names.get(i), Double.NaN);
        }
        measures.get().row(s.step(), row);
      }

      @Override
      public void end(Optional<String> failure) {
        table.close();
        measures.ifPresent(StepCsv::close);
      }
    };
  }
}

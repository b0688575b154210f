package dev.lora4j.core.adapter.relora;

import dev.lora4j.core.adapter.training.DirectionRule;
import dev.lora4j.core.identity.CanonicalForm;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;
import java.util.Locale;

/**
 * Growth of the trained rank where the loss stays on a plateau: some directions more when it has
 * not improved by a share in some steps. The loss is that of validation if the run has one, else a
 * moving average of the training's.
 *
 * @param most directions of the layer with the most; others grow in proportion
 * @param start of them, in the beginning
 * @param by directions that one growth adds
 * @param patience steps without improvement before one
 * @param threshold share by which a loss must be below the least to be an improvement
 * @param smoothing share of itself that the moving average keeps in a step
 * @param steps of the run, after the last of which nothing grows
 */
record GrowthRule(
    long most, long start, long by, long patience, double threshold, double smoothing, int steps)
    implements DirectionRule {
  private static final int DIGITS = 3;
  private static final int MEAN = 0;
  private static final int COUNT = 1;
  private static final int BEST = 2;
  private static final int SINCE = 3;
  private static final int KNOWN = 4;
  private static final int VALIDATED = 5;

  @Override
  public List<String> numbers() {
    return List.of(
        "growth_mean",
        "growth_count",
        "growth_best",
        "growth_since",
        "growth_known",
        "growth_validated");
  }

  private int last() {
    return Math.toIntExact((most - start + by - 1) / by);
  }

  private long directions(int stage) {
    return Math.min(most, start + stage * by);
  }

  @Override
  public Span trained(int stage, int rank) {
    long share = (rank * directions(stage) + most - 1) / most;
    return new Span(0, Math.toIntExact(share));
  }

  /** The first with all that are in use. */
  @Override
  public int first(int rank, int used) {
    int stage = 0;
    while (stage < last() && trained(stage, rank).to() < used) {
      stage++;
    }
    return stage;
  }

  @Override
  public int next(Progress progress, int stage, double[] numbers) {
    double loss;
    if (progress.validation().isPresent()) {
      numbers[VALIDATED] = 1;
      loss = progress.validation().getAsDouble();
    } else if (numbers[VALIDATED] == 0 && progress.loss().isPresent()) {
      loss = averaged(progress.loss().getAsDouble(), numbers);
    } else {
      return stage;
    }
    if (!Double.isFinite(loss)) {
      return stage;
    }
    double best = numbers[BEST];
    if (numbers[KNOWN] == 0 || loss < best - threshold * Math.abs(best)) {
      numbers[KNOWN] = 1;
      numbers[BEST] = loss;
      numbers[SINCE] = progress.step();
      return stage;
    }
    boolean waits = progress.step() - numbers[SINCE] < patience;
    if (stage == last() || waits || progress.step() >= steps) {
      return stage;
    }
    numbers[SINCE] = progress.step();
    return stage + 1;
  }

  /** The average is not weighed down by its beginning at 0. */
  private double averaged(double loss, double[] numbers) {
    if (!Double.isFinite(loss)) {
      return loss;
    }
    numbers[MEAN] = smoothing * numbers[MEAN] + (1 - smoothing) * loss;
    numbers[COUNT]++;
    return numbers[MEAN] / (1 - Math.pow(smoothing, numbers[COUNT]));
  }

  @Override
  public String course() {
    return "the first "
        + start
        + " of "
        + most
        + " directions are trained in the beginning, and "
        + by
        + " more each time that the loss has not improved by "
        + share()
        + " in "
        + patience
        + " steps";
  }

  private String share() {
    BigDecimal percent = BigDecimal.valueOf(100 * threshold).round(new MathContext(DIGITS));
    return percent.stripTrailingZeros().toPlainString() + " %";
  }

  @Override
  public String change(int stage, double[] numbers) {
    return String.format(
        Locale.ROOT,
        "%d of %d directions are trained now, as the %s loss has not improved on %.4g by %s in %d"
            + " steps.",
        directions(stage),
        most,
        numbers[VALIDATED] == 0 ? "training" : "validation",
        numbers[BEST],
        share(),
        patience);
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("GrowthRule")
        .with("most", most)
        .with("start", start)
        .with("by", by)
        .with("patience", patience)
        .with("threshold", threshold)
        .with("smoothing", smoothing)
        .with("steps", steps)
        .text();
  }
}

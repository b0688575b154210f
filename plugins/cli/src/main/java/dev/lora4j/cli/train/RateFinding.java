package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.Progress;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.run.RateSearch;
import dev.lora4j.core.train.run.RateSearch.Setting;
import dev.lora4j.core.train.run.RateSearch.Trial;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.DoubleStream;

/**
 * Finds a learning rate and an alpha by short trainings: first five rates around the run's, then
 * half and twice its alpha at the best of them.
 */
public final class RateFinding {
  /** Short trainings of a trainer. */
  @FunctionalInterface
  public interface Search {
    /** Trains as {@code course} says. */
    List<Trial> run(RateSearch.Course course, RateSearch.Listener listener);
  }

  /**
   * A run whose rate is sought.
   *
   * @param folder of the run, which gets the chart
   * @param rate around which others are tried
   * @param alphas whether others than the run's can be tried
   * @param withoutHeldOut a sentence for where nothing is held out
   */
  public record Sought(
      AdapterRecipe recipe,
      AdapterPlan plan,
      double rate,
      boolean alphas,
      Path folder,
      String withoutHeldOut) {}

  private static final String FILE = "rates.png";
  private static final double[] RATES = {0.1, 0.3, 1, 3, 10};
  private static final double[] SCALES = {0.5, 2};

  private final Console console;
  private final Sought sought;
  private final int steps;

  /** Prepares trials of so many steps. */
  public RateFinding(Console console, Sought sought, int steps) {
    this.console = console;
    this.sought = sought;
    this.steps = steps;
  }

  /**
   * Refuses an optimizer that finds the rate itself.
   *
   * @param optimizer of the run
   */
  public static void require(Optimizer optimizer) {
    if (!optimizer.takesSeveralRates()) {
      throw Failure.usage(
          "The optimiser "
              + optimizer.name()
              + " finds its rate itself; leave --find-rate out, or take another --optimizer.");
    }
  }

  /** Does it, and reports. */
  public void find(Search search, boolean json) {
    int count = RATES.length + (scaled() ? SCALES.length : 0);
    List<Trial> trials;
    try (Progress progress = console.progress("trying rates", (long) count * steps, "step")) {
      trials =
          search.run(
              this::next,
              (trial, setting, step) ->
                  progress.done((long) trial * steps + step.step(), named(setting)));
    }
    if (trials.size() < count) {
      throw new Failure("Stopped after " + trials.size() + " of " + count + " trials.");
    }
    RateChoice choice = RateChoice.of(trials);
    Path chart = sought.folder().resolve(FILE);
    RateChart.write(chart, trials, this::named);
    if (json) {
      console.print(json(trials, choice, chart).toString());
    } else {
      console.print(String.join("\n", lines(trials, choice)));
      console.print(
          chart
              + "  how the "
              + (measure(choice).equals("reward") ? "rewards" : "losses")
              + " went");
    }
  }

  private List<Setting> next(List<Trial> trials) {
    if (trials.isEmpty()) {
      double rate = sought.rate();
      return DoubleStream.of(RATES).mapToObj(times -> new Setting(rate * times, 1)).toList();
    }
    if (trials.size() > RATES.length || !scaled()) {
      return List.of();
    }
    double rate = RateChoice.of(trials).trial().setting().rate();
    return DoubleStream.of(SCALES).mapToObj(times -> new Setting(rate, times)).toList();
  }

  /** True if the method multiplies its change by alpha. */
  private boolean scaled() {
    if (!sought.alphas()) {
      return false;
    }
    Map.Entry<Site, SiteRecipe> first = sought.plan().sites().entrySet().iterator().next();
    SiteRecipe one = first.getValue();
    SiteRecipe twice =
        new SiteRecipe(one.rank(), 2 * one.alpha(), one.rankStabilised(), one.start());
    TrainableMethod method = sought.recipe().method();
    return method.scale(first.getKey(), one) != method.scale(first.getKey(), twice);
  }

  private static String measure(RateChoice choice) {
    return choice.validated() ? "validation" : RateChoice.measure(choice.trial());
  }

  private double alpha(Setting setting) {
    return sought.recipe().alpha() * setting.scale();
  }

  private String named(Setting setting) {
    return String.format(
        Locale.ROOT, "rate %s, alpha %s", number(setting.rate()), number(alpha(setting)));
  }

  private static String number(double value) {
    String text = String.format(Locale.ROOT, "%.3g", value);
    return text.contains(".") && !text.contains("e")
        ? text.replaceFirst("0+$", "").replaceFirst("\\.$", "")
        : text.replaceFirst("\\.?0*e", "e");
  }

  private List<String> lines(List<Trial> trials, RateChoice choice) {
    List<String> lines = new ArrayList<>();
    String row = "%-10s %-8s %-10s %s";
    String measure = measure(choice);
    lines.add(String.format(Locale.ROOT, row, "rate", "alpha", measure, "").stripTrailing());
    for (Trial trial : trials) {
      String score =
          trial.diverged() ? "diverged" : String.format(Locale.ROOT, "%.4f", trial.value());
      lines.add(
          String.format(
                  Locale.ROOT,
                  row,
                  number(trial.setting().rate()),
                  number(alpha(trial.setting())),
                  score,
                  choice.decided() && trial.equals(choice.trial()) ? "<- take this" : "")
              .stripTrailing());
    }
    lines.addAll(choice.reasons(steps, sought.withoutHeldOut()));
    if (choice.decided()) {
      lines.add(
          "Train with --lr "
              + number(choice.trial().setting().rate())
              + (scaled() ? " --alpha " + number(alpha(choice.trial().setting())) : ""));
    }
    return lines;
  }

  private Json json(List<Trial> trials, RateChoice choice, Path chart) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (Trial trial : trials) {
      Json one =
          new Json()
              .put("rate", trial.setting().rate())
              .put("alpha", alpha(trial.setting()))
              .put("diverged", trial.diverged())
              .put("losses", trial.losses().stream().map(l -> (Object) l).toList());
      if (!trial.diverged()) {
        one.put("score", trial.value());
      }
      all.add(one.fields());
    }
    Json report = new Json().put("decided", choice.decided());
    if (choice.decided()) {
      report
          .put("lr", choice.trial().setting().rate())
          .put("alpha", alpha(choice.trial().setting()));
    }
    return report
        .put("measure", measure(choice))
        .put("steps", steps)
        .put("trials", all)
        .put("reasons", choice.reasons(steps, sought.withoutHeldOut()))
        .put("chart", chart.toString());
  }
}

package dev.lora4j.cli.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.diffusion.config.RunSettings.Previews;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Settings that a run may have and that are hardly meant, as sentences. */
final class SettingWarnings {
  /** A gradient takes about as long as the network itself, twice. */
  private static final int PASSES_OF_A_STEP = 3;

  /** Prodigy's rate is a factor of the one that it finds. */
  private static final double FAR = 10;

  private final PreparedRun run;
  private final List<String> all = new ArrayList<>();

  private SettingWarnings(PreparedRun run) {
    this.run = run;
  }

  /** Warnings about the settings of a run. */
  static List<String> of(PreparedRun run) {
    SettingWarnings doubts = new SettingWarnings(run);
    doubts.rate();
    doubts.schedule();
    doubts.directions();
    doubts.best();
    doubts.previews();
    doubts.fewSteps();
    doubts.preservation();
    return doubts.all;
  }

  private void rate() {
    LearningRates rates = run.style().rates();
    if (!run.style().optimizer().name().equals("prodigy")) {
      return;
    }
    double rate = rates.rate();
    if (rate > FAR || rate < 1 / FAR) {
      all.add(
          "prodigy finds the rate by itself, and optimizer.lr is a factor of that, usually 1; it"
              + " is "
              + rate
              + ".");
    }
  }

  private void schedule() {
    Optimizer optimizer = run.style().optimizer();
    String decay = run.style().schedule().decay().name();
    if (optimizer.evaluatesElsewhere() && !decay.startsWith("constant")) {
      all.add(
          optimizer.name()
              + " takes the place of a falling rate by averaging, and schedule.name is "
              + decay
              + "; it is meant for constant.");
    }
  }

  private void directions() {
    run.plan().directions(run.style().steps()).ifPresent(rule -> all.addAll(rule.doubts()));
  }

  private void best() {
    if (run.saving().keepBest() && run.data().validation().isEmpty()) {
      all.add(
          "validation.keep_best has no effect, as no pictures are held out; validation.split = 0.1"
              + " holds out a tenth of them.");
    }
  }

  private void preservation() {
    boolean dropped =
        run.data().training().stream().anyMatch(i -> i.source().captions().dropout() > 0);
    if (run.preservation().isPresent() && dropped) {
      all.add(
          "Captions that are left out (data.caption_dropout_rate) teach the style without words too,"
              + " and preservation works against that; --dropout 0 is meant.");
    }
  }

  private void fewSteps() {
    if (run.fewSteps().isPresent() && run.compute() == DType.BF16) {
      all.add(
          "few_steps compares pictures of neighbouring steps, and rounding to BF16 is about as large"
              + " as their difference; --compute f32, or few_steps.solver_steps = 20, learns more in"
              + " a step.");
    }
  }

  /** Both are counted in passes of one picture through the network. */
  private void previews() {
    StyleSettings style = run.style();
    Previews previews = run.previews();
    double training = (double) style.steps() * style.accumulate() * run.batch() * PASSES_OF_A_STEP;
    double sheets = 1 + Math.ceil((double) style.steps() / previews.every());
    double guided = previews.guidance().orElse(FAR) > 1 ? 2 : 1;
    double pictures = sheets * previews.prompts().size() * previews.columns();
    double share = pictures * previews.steps() * guided / training;
    if (share > 1) {
      all.add(
          String.format(
              Locale.ROOT,
              "The %.0f pictures of previews take about %.1f times as long as the training;"
                  + " previews.every, steps, prompts and strengths say how many there are.",
              pictures,
              share));
    }
  }
}

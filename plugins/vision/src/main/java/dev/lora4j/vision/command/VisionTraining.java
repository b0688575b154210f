package dev.lora4j.vision.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.train.LoggedTraining;
import dev.lora4j.cli.train.MeasuredSpeed;
import dev.lora4j.cli.train.RateFinding;
import dev.lora4j.cli.train.RunEstimate;
import dev.lora4j.cli.train.StepOptions;
import dev.lora4j.cli.train.TrainingCourse;
import dev.lora4j.cli.train.TrainingOutput;
import dev.lora4j.cli.train.TrainingReport;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.vision.data.ClassedPicture;
import dev.lora4j.vision.train.TrainedVision;
import dev.lora4j.vision.train.VisionTrainer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** A training on pictures with classes, ready to run: its model is open, its pictures read. */
final class VisionTraining implements TrainingCourse.Training {
  private static final String WITHOUT_HELD_OUT =
      "No pictures are held out, so losses of training decide, which few pictures make uncertain;"
          + " --held-out 0.2 holds some out.";

  private final Console console;
  private final VisionModelOptions.Open open;
  private final VisionTrainingOptions how;
  private final VisionRunOptions output;
  private final AdapterRecipe recipe;
  private final Pictures pictures;
  private final Report report;
  private final VisionTrainer trainer;
  private final AdapterPlan plan;

  /**
   * Pictures of a training.
   *
   * @param learned those that are learned
   * @param heldOut those to score by
   */
  record Pictures(List<ClassedPicture> learned, List<ClassedPicture> heldOut) {}

  /**
   * How its end is told.
   *
   * @param json whether as one JSON object
   * @param began when the command did, in nanoseconds
   */
  record Report(boolean json, long began) {}

  VisionTraining(
      Console console,
      VisionModelOptions.Open open,
      VisionTrainingOptions how,
      VisionRunOptions output,
      AdapterRecipe recipe,
      Pictures pictures,
      Report report) {
    this.console = console;
    this.open = open;
    this.how = how;
    this.output = output;
    this.recipe = recipe;
    this.pictures = pictures;
    this.report = report;
    TrainingOutput place = output.place();
    trainer =
        VisionTrainer.on(open.model(), how.settings(recipe, steps()).with(open.preparation()))
            .pictures(pictures.learned(), pictures.heldOut())
            .keeping(how.steps().keeping(place.checkpoints(), place.resume()))
            .name(place.name());
    plan = trainer.plan();
  }

  @Override
  public AdapterPlan plan() {
    return plan;
  }

  @Override
  public int steps() {
    return how.steps().count(pictures.learned().size());
  }

  @Override
  public void requireForm() {
    output.requireForm(plan, open.model());
  }

  @Override
  public void summary() {
    console.note(
        String.format(
            Locale.ROOT,
            "%d pictures of %d classes; %d held out.",
            pictures.learned().size(),
            open.model().labels().size(),
            pictures.heldOut().size()));
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d pictures.",
            how.what(),
            plan.sites().size(),
            plan.elements(),
            steps(),
            how.steps().perStep()));
  }

  @Override
  public RunEstimate estimate() {
    StepOptions options = how.steps();
    int learned = pictures.learned().size();
    int size = open.preparation().size();
    StepCost cost = trainer.cost();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("pictures", (long) learned);
    counts.put("heldOut", (long) pictures.heldOut().size());
    counts.put("size", (long) size);
    return new RunEstimate(
        plan,
        steps(),
        cost,
        cost.bytes(),
        options.mappedBytes(trainer.optimizer(), plan),
        OptionalLong.empty(),
        MeasuredSpeed.of(open.lora().engine(), open.model().precision().compute()),
        String.format(
            Locale.ROOT,
            "%d pictures of %d x %d pixels",
            options.perStep() / options.batch() * Math.min(options.batch(), learned),
            size,
            size),
        counts);
  }

  @Override
  public void run() {
    LoggedTraining<TrainedVision> logged =
        output.train(console, open.model(), how.steps().perStep(), trainer::run);
    MixPlan mix = MixPlan.of(logged.trained().adapter(), 1);
    List<ClassedPicture> heldOut = pictures.heldOut();
    Optional<VisionScores> scores =
        heldOut.isEmpty()
            ? Optional.empty()
            : Optional.of(VisionScores.of(console, "held-out", open, heldOut, mix));
    new TrainingReport(logged.trained().adapter(), logged.losses(), plan, steps(), output.place())
        .tell(
            console,
            report.json(),
            report.began(),
            told -> scores.ifPresent(s -> told.put("heldOut", s.json().fields())),
            () ->
                scores.ifPresent(
                    s -> {
                      console.print(s.line("held out"));
                      console.print(s.table());
                    }));
  }

  /**
   * Finds a learning rate instead.
   *
   * @param trial steps of each trial
   */
  void find(TrainingCourse course, int trial) {
    RateFinding.Sought sought =
        new RateFinding.Sought(
            recipe,
            plan,
            how.steps().rate(),
            how.alphas(course.spec()),
            output.place().folder(),
            WITHOUT_HELD_OUT);
    course.find(console, sought, trial, (next, listener) -> trainer.search(next, trial, listener));
  }
}

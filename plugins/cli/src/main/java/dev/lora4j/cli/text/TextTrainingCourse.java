package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.MeasuredSpeed;
import dev.lora4j.cli.train.PlanOption;
import dev.lora4j.cli.train.RateFinding;
import dev.lora4j.cli.train.RunEstimate;
import dev.lora4j.cli.train.TrainingCourse;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.SequenceTrainer;
import dev.lora4j.text.train.TextStepCost;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Course of a training on texts, whatever is learned of them: it is planned alone, or it runs and
 * its adapter is written, or a learning rate is found for it.
 *
 * @param spec of the command
 * @param file where options were read
 * @param how options of the training
 * @param output options of what it writes
 * @param planned whether it is only planned
 * @param json whether one JSON object reports it
 */
public record TextTrainingCourse(
    CommandSpec spec,
    RunFileOption file,
    SequenceTrainingOptions how,
    TextRunOptions output,
    PlanOption planned,
    boolean json) {
  /** A sentence on rates that are found by texts that are there. */
  static final String WITHOUT_HELD_OUT =
      "No texts are held out, so losses of training decide, which few texts make uncertain;"
          + " --held-out 0.1 holds some out.";

  /** A sentence on rates that are found by texts that the model writes itself. */
  static final String WRITTEN =
      "What the model wrote in these steps decides, which is uncertain; more --find-steps, and a"
          + " greater --batch, make it surer.";

  /**
   * Plans a run, or runs it.
   *
   * @param base that is trained
   * @param steps of the run
   * @param labels classes of the base's head; none if it has no head
   * @param summary tells what is learned, before the first step
   * @param report tells what was trained
   */
  public void run(
      Console console,
      TextModel base,
      SequenceTrainer<?> trainer,
      int steps,
      List<String> labels,
      Consumer<TextTrainingWork> summary,
      Consumer<TrainedTextReport> report) {
    TextTrainingWork work = TextTrainingWork.of(trainer, how.steps, output.place());
    course()
        .run(
            console,
            new TrainingCourse.Training() {
              @Override
              public AdapterPlan plan() {
                return work.plan();
              }

              @Override
              public int steps() {
                return steps;
              }

              @Override
              public void requireForm() {
                output.requireForm(work.plan(), base);
              }

              @Override
              public void summary() {
                summary.accept(work);
              }

              @Override
              public RunEstimate estimate() {
                return estimated(work, base, steps);
              }

              @Override
              public void run() {
                TrainedTextReport trained =
                    output.train(console, work, base, steps, how.steps.perStep());
                output.save(trained.text(), base, labels);
                report.accept(trained);
              }
            });
  }

  private TrainingCourse course() {
    return new TrainingCourse(spec, file, output.place(), planned, json);
  }

  private static RunEstimate estimated(TextTrainingWork work, TextModel base, int steps) {
    TextStepCost cost = work.cost().get();
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("texts", (long) work.learned().size());
    counts.put("heldOut", (long) work.heldOut().size());
    counts.put("longest", (long) cost.longest());
    return new RunEstimate(
        work.plan(),
        steps,
        cost.step(),
        cost.bytes(),
        work.file(),
        OptionalLong.of(cost.cache()),
        MeasuredSpeed.of(base.scope().engine(), base.compute()),
        "texts of " + cost.longest() + " tokens",
        counts);
  }

  /**
   * Finds a learning rate instead.
   *
   * @param steps of each trial
   * @param uncertain why the choice is uncertain
   */
  public void find(
      Console console,
      AdapterRecipe recipe,
      SequenceTrainer<?> trainer,
      int steps,
      String uncertain) {
    RateFinding.Sought sought =
        new RateFinding.Sought(
            recipe,
            trainer.plan(),
            how.steps.rate(),
            how.alphas(),
            output.place().folder(),
            uncertain);
    course()
        .find(
            console, sought, steps, (course, listener) -> trainer.search(course, steps, listener));
  }
}

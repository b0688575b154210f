package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.RunFileOption;
import dev.lora4j.cli.train.CalibrationText;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.train.SequenceTrainer;
import java.util.List;
import java.util.function.Consumer;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Course of a training on texts, whatever is learned of them: it is planned alone, or it runs and
 * its adapter is written.
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
    TextTrainingOptions how,
    TextRunOptions output,
    TextPlanOption planned,
    boolean json) {
  /**
   * Plans a run, or runs it.
   *
   * @param base that is trained
   * @param steps of the run
   * @param labels classes of the base's head; none if it has no head
   * @param summary tells what is learned, before the first step
   * @param report tells what was trained
   */
  @SuppressWarnings("try") // the claim is only held
  public void run(
      Console console,
      TextModel base,
      SequenceTrainer<?> trainer,
      int steps,
      List<String> labels,
      Consumer<TextTrainingWork> summary,
      Consumer<TrainedTextReport> report) {
    TextTrainingWork work = TextTrainingWork.of(trainer, how.steps, output);
    if (planned.asked(spec)) {
      output.requireForm(work.plan(), base);
      begin(console, work, steps, summary);
      planned.tell(console, work, base, base.scope().engine(), steps, json);
      return;
    }
    try (LockedFolder claim = output.begin(work, base)) {
      file.keep(output.folder());
      begin(console, work, steps, summary);
      TrainedTextReport trained = output.train(console, work, base, steps, how.steps.perStep());
      output.save(trained.text(), base, labels);
      report.accept(trained);
    }
  }

  private static void begin(
      Console console, TextTrainingWork work, int steps, Consumer<TextTrainingWork> summary) {
    summary.accept(work);
    CalibrationText.of(work.plan().recipe()).ifPresent(line -> console.note(line + "."));
    work.plan()
        .directions(steps)
        .ifPresent(
            rule -> {
              console.note(rule.course() + ".");
              rule.doubts().forEach(console::note);
            });
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
    new TextRateFinding(recipe, how.steps.rate(), how.alphas(), output.folder(), steps, uncertain)
        .find(console, trainer, json);
  }
}

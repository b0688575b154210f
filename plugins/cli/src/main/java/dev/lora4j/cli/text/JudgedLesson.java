package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.align.UnpairedObjective;
import dev.lora4j.text.data.JudgedCompletion;
import dev.lora4j.text.data.JudgedCompletions;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Single answers, which are good or bad. */
final class JudgedLesson implements AlignmentLesson {
  private final UnpairedObjective objective;
  private final ReferenceUse reference;
  private final TextDataSet texts;
  private final double heldOut;
  private final long seed;
  private DividedTexts<JudgedCompletion> parts = new DividedTexts<>(List.of(), List.of());

  /**
   * Reads the data.
   *
   * @param share that is held out
   */
  JudgedLesson(
      UnpairedObjective objective, ReferenceUse reference, Path data, double share, long seed) {
    this.objective = objective;
    this.reference = reference;
    this.texts = AlignmentTexts.read(data, TextForm.JUDGED);
    this.heldOut = share;
    this.seed = seed;
  }

  @Override
  public void read(Console console, LanguageModel model, SequenceLimits limits) {
    parts =
        DividedTexts.of(
            texts,
            heldOut,
            seed,
            (part, prefix) -> {
              JudgedCompletions all = model.judgements(part, limits);
              all.notes(limits).forEach(note -> console.note(prefix + note));
              return all.completions();
            });
  }

  @Override
  public TextTrainer trainer(LanguageModel model, TextTrainingSettings settings) {
    return TextTrainer.on(model, settings)
        .judgements(parts.learned(), parts.heldOut(), objective, reference);
  }

  @Override
  public String summary() {
    long good = parts.learned().stream().filter(JudgedCompletion::good).count();
    String balance =
        good == 0 || good == parts.learned().size()
            ? " All are " + (good == 0 ? "bad" : "good") + ": give answers of both kinds."
            : "";
    return String.format(
        Locale.ROOT,
        "%d answers, %d of them good; %d held out.%s",
        parts.learned().size(),
        good,
        parts.heldOut().size(),
        balance);
  }

  @Override
  public String step(int perStep) {
    return perStep + " answers";
  }

  @Override
  public boolean holdsOut() {
    return !parts.heldOut().isEmpty();
  }

  @Override
  public boolean compares() {
    return true;
  }

  @Override
  public String noReference() {
    return "There is no reference.";
  }

  @Override
  public void tell(TrainedTextReport report, Console console, boolean json, long began) {
    report.tellJudged(console, json, began);
  }
}

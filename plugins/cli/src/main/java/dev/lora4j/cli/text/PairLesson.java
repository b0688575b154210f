package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.align.ReferenceUse;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PreferencePairs;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Pairs of answers, of which one is better. */
final class PairLesson implements AlignmentLesson {
  private final PreferenceObjective objective;
  private final ReferenceUse reference;
  private final TextDataSet texts;
  private final double heldOut;
  private final long seed;
  private DividedTexts<PreferencePair> parts = new DividedTexts<>(List.of(), List.of());

  /**
   * Reads the data.
   *
   * @param share that is held out
   */
  PairLesson(
      PreferenceObjective objective, ReferenceUse reference, Path data, double share, long seed) {
    this.objective = objective;
    this.reference = reference;
    this.texts = AlignmentTexts.withoutMargins(data);
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
              PreferencePairs all = model.preferences(part, limits);
              all.notes(limits).forEach(note -> console.note(prefix + note));
              return all.pairs();
            });
  }

  @Override
  public TextTrainer trainer(LanguageModel model, TextTrainingSettings settings) {
    return TextTrainer.on(model, settings)
        .preferences(parts.learned(), parts.heldOut(), objective, reference);
  }

  @Override
  public String summary() {
    return String.format(
        Locale.ROOT, "%d pairs; %d held out.", parts.learned().size(), parts.heldOut().size());
  }

  @Override
  public String step(int perStep) {
    return perStep + " pairs";
  }

  @Override
  public boolean holdsOut() {
    return !parts.heldOut().isEmpty();
  }

  @Override
  public boolean compares() {
    return objective.compares();
  }

  @Override
  public String noReference() {
    return "There is no reference: "
        + String.join(" and ", objective.losses().stream().map(l -> l.loss().name()).toList())
        + " need none.";
  }

  @Override
  public void tell(TrainedTextReport report, Console console, boolean json, long began) {
    report.tellPreferred(console, json, began);
  }
}

package dev.lora4j.cli.text;

import dev.lora4j.cli.Command;
import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.ExistingPath;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.train.InputAdapters;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.align.PreferenceObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.PreferencePairs;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.pipeline.LanguageModel;
import dev.lora4j.text.train.TextTrainer;
import dev.lora4j.text.train.TextTrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains an adapter of a language model to prefer what people prefer. */
@picocli.CommandLine.Command(
    name = "align",
    sortOptions = false,
    defaultValueProvider = PreferenceDefaults.class,
    description = {
      "Train an adapter of a language model to prefer what people prefer.",
      "",
      "Data are lines of JSON: {\"prompt\", \"chosen\", \"rejected\"}, of which chosen is the better"
          + " answer, each a text or a list of messages; without prompt it is what both begin with."
          + " dpo compares with a reference, which is the base, or the adapter of --from as it is"
          + " now. Before the first step a fresh adapter equals its reference, so that the loss of"
          + " dpo begins at 0.693 and no answer is preferred yet."
    })
final class TextAlign implements Command {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin private final PreferenceOptions preference = new PreferenceOptions();

  @Mixin private final TextModelOptions options = new TextModelOptions();

  @Option(
      names = "--data",
      paramLabel = "PATH",
      required = true,
      description = "Pairs: a .jsonl file, or a folder of such files.")
  private Path data = Path.of("");

  @Mixin private final TextTrainingOptions how = new TextTrainingOptions();

  @Mixin private final TextRunOptions output = new TextRunOptions();

  @Option(names = "--json", description = "Report as one JSON object.")
  private boolean json;

  @Override
  public Map<String, List<String>> sections() {
    return Map.of("Preference", List.of("loss", "beta", "divergence"));
  }

  @Override
  @SuppressWarnings("try") // the claim is only held
  public int run(Console console) {
    long began = System.nanoTime();
    ExistingPath.any(data);
    PreferenceObjective objective = preference.objective();
    how.require(spec, output.convention());
    how.requireRounding(spec, options.precision);
    output.require();
    InputAdapters.require(how.from(), how.sharedA(), output.out());
    TextDataSet texts = read();
    options.requireLength(how.steps.longest());
    output.requireOutput();
    output.requireNothingLost();
    options.requireFits(how.from().stream().toList(), 0);
    try (OpenText open = OpenText.of(console, options)) {
      LanguageModel model = open.model();
      SequenceLimits limits = how.steps.limits(model.base());
      AdapterRecipe recipe =
          how.recipe(
              spec,
              console,
              output.convention(),
              model.base(),
              model::loadAdapter,
              r -> TextTrainer.on(model, how.settings(r, limits, 1)).plan());
      Pairs pairs = pairs(console, model, texts, limits);
      TextTrainer unsized = trainer(model, how.settings(recipe, limits, 1), pairs, objective);
      int count = how.steps.count(unsized.sequences());
      TextTrainer trainer = trainer(model, how.settings(recipe, limits, count), pairs, objective);
      TextTrainingWork work =
          TextTrainingWork.of(
              trainer, how.steps.keeping(output.checkpoints(), output.resume()), output.name());
      try (LockedFolder claim = output.begin(work, model.base())) {
        summary(console, pairs, objective, work, count);
        TrainedTextReport trained =
            output.train(console, work, model.base(), count, how.steps.perStep());
        output.save(trained.text(), model.base(), List.of());
        trained.tellPreferred(console, json, began);
      }
    }
    if (!json) {
      output.next(
          console, "read what it writes", List.of("text", "generate", "YOUR PROMPT"), options);
    }
    return 0;
  }

  private static TextTrainer trainer(
      LanguageModel model,
      TextTrainingSettings settings,
      Pairs pairs,
      PreferenceObjective objective) {
    return TextTrainer.on(model, settings).preferences(pairs.learned(), pairs.heldOut(), objective);
  }

  private record Pairs(List<PreferencePair> learned, List<PreferencePair> heldOut) {}

  private Pairs pairs(
      Console console, LanguageModel model, TextDataSet texts, SequenceLimits limits) {
    if (how.heldOut() == 0) {
      PreferencePairs all = model.preferences(texts, limits);
      all.notes(limits).forEach(console::note);
      return new Pairs(all.pairs(), List.of());
    }
    TextDataSet.Split split = texts.split(how.heldOut(), how.steps.seed());
    PreferencePairs learned = model.preferences(split.training(), limits);
    PreferencePairs held = model.preferences(split.validation(), limits);
    learned.notes(limits).forEach(console::note);
    held.notes(limits).forEach(note -> console.note("Of those held out: " + note));
    return new Pairs(learned.pairs(), held.pairs());
  }

  private TextDataSet read() {
    try {
      TextDataSet texts = TextDataSet.read(data);
      if (texts.form() != TextForm.PREFERENCE) {
        throw new Failure(
            data
                + " has lines of the form "
                + texts.form()
                + ", and preferences are lines of "
                + TextForm.PREFERENCE
                + ". Learn it by text train, or say which of two answers is better.");
      }
      return texts;
    } catch (IOException e) {
      throw new Failure("Cannot read " + data + ": " + ErrorExplanation.of(e), e);
    }
  }

  private void summary(
      Console console,
      Pairs pairs,
      PreferenceObjective objective,
      TextTrainingWork work,
      int count) {
    console.note(
        String.format(
            Locale.ROOT, "%d pairs; %d held out.", pairs.learned().size(), pairs.heldOut().size()));
    if (pairs.heldOut().isEmpty() && !how.steps.ofHeldOut().isEmpty()) {
      console.note(
          String.join(" and ", how.steps.ofHeldOut())
              + " without effect: no pairs are held out; --held-out 0.1 holds out a tenth of"
              + " them.");
    }
    console.note(reference(objective));
    console.note(
        String.format(
            Locale.ROOT,
            "%s by %s on %d layers, %,d numbers; %d steps of %d pairs.",
            how.what(),
            preference.method(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            how.steps.perStep()));
  }

  private String reference(PreferenceObjective objective) {
    if (!objective.compares()) {
      return "There is no reference: "
          + String.join(" and ", objective.losses().stream().map(l -> l.loss().name()).toList())
          + " need none.";
    }
    return how.from()
        .map(
            file ->
                "The reference is the base with "
                    + file
                    + " as it is now, as training begins there.")
        .orElse("The reference is the base, as training begins with a fresh adapter.");
  }
}

package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TaggedTexts;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.evaluate.TaggingScores;
import dev.lora4j.text.model.TextModelOutline;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.TokenClassifier;
import dev.lora4j.text.train.TokenClassifierTrainer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * A run that trains a model to tell classes of words.
 *
 * @param course of the training
 * @param how options of the training
 * @param output options of what it writes
 */
record TaggingTraining(
    TextTrainingCourse course,
    TextDataSet texts,
    TextModelOptions options,
    TextTrainingOptions how,
    TextRunOptions output) {
  /** A run on a model that is open. */
  private record Prepared(
      AdapterRecipe recipe,
      TokenClassifierTrainer trainer,
      int steps,
      List<TaggedText> learned,
      List<TaggedText> heldOut) {}

  /**
   * Trains and prints the result.
   *
   * @param began when, in nanoseconds
   */
  void run(Console console, boolean json, long began) {
    try (OpenTagger open = open(console)) {
      TokenClassifier model = open.model();
      Prepared run = prepared(console, model);
      course.run(
          console,
          model.base(),
          run.trainer,
          run.steps,
          model.tags(),
          work -> summary(console, model, run, work),
          trained ->
              trained.tellTagged(console, json, began, scores(console, model, run, trained)));
    }
  }

  private static Optional<TaggingScores> scores(
      Console console, TokenClassifier model, Prepared run, TrainedTextReport trained) {
    MixPlan mix = MixPlan.of(trained.text().adapter(), 1);
    return run.heldOut.isEmpty()
        ? Optional.empty()
        : Optional.of(TagScores.of(console, "texts held out", model, run.heldOut, mix));
  }

  /**
   * Finds a learning rate instead.
   *
   * @param steps of each trial
   */
  void find(Console console, int steps) {
    try (OpenTagger open = open(console)) {
      Prepared run = prepared(console, open.model());
      course.find(console, run.recipe, run.trainer, steps, TextTrainingCourse.WITHOUT_HELD_OUT);
    }
  }

  private OpenTagger open(Console console) {
    List<String> tags = tags();
    options.requireFitsWords(how.from().stream().toList(), tags.size());
    return OpenTagger.of(console, options, tags, how.steps.seed());
  }

  /** Those of the adapter that is trained further, else the base's if the texts have no others. */
  private List<String> tags() {
    List<String> own =
        how.from()
            .filter(AdapterClasses::ofWords)
            .map(AdapterClasses::of)
            .orElseGet(() -> TextModelOutline.tags(options.path()));
    List<String> there = texts.tags();
    if (own.containsAll(there)) {
      return own;
    }
    if (how.from().filter(AdapterClasses::ofWords).isPresent()) {
      throw new Failure(
          how.from().orElseThrow()
              + " tells "
              + String.join(", ", own)
              + " apart, but there are words of "
              + String.join(", ", there.stream().filter(t -> !own.contains(t)).toList())
              + "; it can only be trained further on its own classes.");
    }
    if (there.size() < 2) {
      throw new Failure(
          "All words have the class '"
              + there.get(0)
              + "', so there is nothing to tell apart. Add words of other classes.");
    }
    return there;
  }

  private Prepared prepared(Console console, TokenClassifier model) {
    SequenceLimits limits = how.lengths.limits(model.base());
    AdapterRecipe recipe =
        how.recipe(
            course.spec(),
            console,
            output.convention(),
            model.base(),
            model::loadAdapter,
            r -> TokenClassifierTrainer.on(model, how.settings(r, limits, 1)).plan());
    DividedTexts<TaggedText> parts =
        DividedTexts.of(
            texts,
            how.heldOut(),
            how.steps.seed(),
            (part, prefix) -> {
              TaggedTexts all = model.texts(part, limits);
              all.notes(limits).forEach(note -> console.note(prefix + note));
              return all.texts();
            });
    int count = how.steps.count(parts.learned().size());
    TokenClassifierTrainer trainer =
        TokenClassifierTrainer.on(model, how.settings(recipe, limits, count))
            .texts(parts.learned(), parts.heldOut());
    return new Prepared(recipe, trainer, count, parts.learned(), parts.heldOut());
  }

  private void summary(
      Console console, TokenClassifier model, Prepared run, TextTrainingWork work) {
    console.note("Classes of words: " + String.join(", ", model.tags()) + ".");
    console.note(
        String.format(
            Locale.ROOT,
            "%d texts of %,d words; %d held out.",
            run.learned.size(),
            run.learned.stream().mapToLong(TaggedText::words).sum(),
            run.heldOut.size()));
    how.steps.noteHeldOut(console, run.heldOut);
    console.note(
        String.format(
            Locale.ROOT,
            "%s and a head, on %d layers, %,d numbers; %d steps of %d texts.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            run.steps,
            how.steps.perStep()));
  }
}

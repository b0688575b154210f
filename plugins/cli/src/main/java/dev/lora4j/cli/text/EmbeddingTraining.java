package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.pipeline.SentenceEncoder;
import dev.lora4j.text.train.EmbeddingTrainer;
import java.util.List;
import java.util.Locale;

/**
 * A run that trains a sentence encoder on texts that belong together.
 *
 * @param course of the training
 * @param how options of the training
 * @param embedding options of this task
 * @param output options of what it writes
 */
record EmbeddingTraining(
    TextTrainingCourse course,
    TextDataSet texts,
    TextModelOptions options,
    TextTrainingOptions how,
    EmbeddingOptions embedding,
    TextRunOptions output) {
  /** A run on a model that is open. */
  private record Prepared(
      AdapterRecipe recipe,
      EmbeddingTrainer trainer,
      int steps,
      List<MatchedText> learned,
      List<MatchedText> heldOut) {}

  /**
   * Trains and prints the result.
   *
   * @param began when, in nanoseconds
   */
  void run(Console console, boolean json, long began) {
    try (OpenEncoder open = open(console)) {
      SentenceEncoder model = open.model();
      Prepared run = prepared(console, model);
      course.run(
          console,
          model.model().base(),
          run.trainer,
          run.steps,
          List.of(),
          work -> summary(console, run, work),
          trained ->
              trained.tellEmbedding(console, json, began, scores(console, model, run, trained)));
    }
  }

  /** Scores of the base and of the adapter on what is held out; none if nothing is. */
  private static List<RetrievalScores> scores(
      Console console, SentenceEncoder model, Prepared run, TrainedTextReport trained) {
    if (run.heldOut.isEmpty()) {
      return List.of();
    }
    MixPlan mix = MixPlan.of(trained.text().adapter(), 1);
    return List.of(
        RetrievalTable.of(console, "base", model, run.heldOut, MixPlan.NONE),
        RetrievalTable.of(console, "adapter", model, run.heldOut, mix));
  }

  /**
   * Finds a learning rate instead.
   *
   * @param steps of each trial
   */
  void find(Console console, int steps) {
    try (OpenEncoder open = open(console)) {
      Prepared run = prepared(console, open.model());
      course.find(console, run.recipe, run.trainer, steps, TextTrainingCourse.WITHOUT_HELD_OUT);
    }
  }

  private OpenEncoder open(Console console) {
    options.requireFitsEncoder(how.from().stream().toList());
    return OpenEncoder.of(console, options, embedding.prompts());
  }

  private Prepared prepared(Console console, SentenceEncoder model) {
    int reads = model.pooling().longest();
    how.lengths
        .longest()
        .filter(asked -> asked > reads)
        .ifPresent(
            asked -> {
              throw new Failure(
                  "--max-length is "
                      + asked
                      + ", but texts of "
                      + options.path()
                      + " have at most "
                      + reads
                      + " tokens, as its max_seq_length says. Take that or less.");
            });
    SequenceLimits asked = how.lengths.limits(model.model().base());
    SequenceLimits limits =
        new SequenceLimits(Math.min(reads, asked.longest()), asked.longer(), asked.pack());
    AdapterRecipe recipe =
        how.recipe(
            course.spec(),
            console,
            output.convention(),
            model.model().base(),
            model.model()::loadAdapter,
            r -> EmbeddingTrainer.on(model, how.settings(r, limits, 1)).plan());
    DividedTexts<MatchedText> parts =
        DividedTexts.of(
            texts,
            how.heldOut(),
            how.steps.seed(),
            (part, prefix) -> {
              var all = model.matches(part, limits);
              all.notes(limits).forEach(note -> console.note(prefix + note));
              return all.matches();
            });
    int count = how.steps.count(parts.learned().size());
    EmbeddingTrainer trainer =
        Failure.usage(
            "--batch",
            () ->
                EmbeddingTrainer.on(model, how.settings(recipe, limits, count))
                    .objective(embedding.objective())
                    .matches(parts.learned(), parts.heldOut()));
    return new Prepared(recipe, trainer, count, parts.learned(), parts.heldOut());
  }

  private void summary(Console console, Prepared run, TextTrainingWork work) {
    long negatives = run.learned.stream().mapToLong(match -> match.negatives().size()).sum();
    console.note(
        String.format(
            Locale.ROOT,
            "%d texts and those that belong to them%s; %d held out.",
            run.learned.size(),
            negatives > 0 ? ", " + negatives + " negatives" : "",
            run.heldOut.size()));
    how.steps.noteHeldOut(console, run.heldOut);
    console.note(
        String.format(
            Locale.ROOT,
            "%s on %d layers, %,d numbers; %d steps of %d texts, each against all others of its batch.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            run.steps,
            how.steps.perStep()));
  }
}

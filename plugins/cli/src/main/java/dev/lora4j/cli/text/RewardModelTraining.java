package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.align.RewardObjective;
import dev.lora4j.text.data.PreferencePair;
import dev.lora4j.text.data.RewardPairs;
import dev.lora4j.text.data.SequenceLimits;
import dev.lora4j.text.data.TextDataSet;
import dev.lora4j.text.data.TextForm;
import dev.lora4j.text.pipeline.AdapterClasses;
import dev.lora4j.text.pipeline.RewardAdapters;
import dev.lora4j.text.pipeline.RewardModel;
import dev.lora4j.text.train.RewardTrainer;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/**
 * A run that makes a reward model of pairs. Their file is read before the model is loaded.
 *
 * @param course of the training
 * @param how options of the training
 * @param output options of what it writes
 */
record RewardModelTraining(
    TextTrainingCourse course,
    TextDataSet texts,
    RewardObjective objective,
    TextModelOptions options,
    TextTrainingOptions how,
    TextRunOptions output) {
  /** Reads the data. */
  static TextDataSet read(Path data) {
    return AlignmentTexts.read(data, TextForm.PREFERENCE);
  }

  /** Refuses a base or an adapter of a warm start that no reward model is made of. */
  private void require() {
    Failure.usage(
        "--base",
        () -> {
          RewardModel.require(options.path());
          return true;
        });
    Failure.usage(
        "--from",
        () -> {
          // One without a head, as text train makes it, gets a new one.
          how.from()
              .filter(file -> !AdapterClasses.of(file).isEmpty())
              .ifPresent(RewardAdapters::require);
          return true;
        });
  }

  /**
   * Trains and prints the result.
   *
   * @param began when, in nanoseconds
   */
  void run(Console console, boolean json, long began) {
    try (OpenRewardModel open = open(console)) {
      RewardModel model = open.model();
      Prepared prepared = prepared(console, model);
      int count = how.steps.count(prepared.trainer(1).sequences().size());
      course.run(
          console,
          model.base(),
          prepared.trainer(count),
          count,
          model.network().labels(),
          work -> summary(console, prepared.pairs(), work, count),
          trained -> trained.tellRewardModel(console, json, began));
    }
  }

  /**
   * Finds a learning rate instead.
   *
   * @param steps of each trial
   */
  void find(Console console, int steps) {
    try (OpenRewardModel open = open(console)) {
      Prepared run = prepared(console, open.model());
      course.find(
          console, run.recipe(), run.trainer(1), steps, TextTrainingCourse.WITHOUT_HELD_OUT);
    }
  }

  private OpenRewardModel open(Console console) {
    require();
    options.requireFits(how.from().stream().toList(), 1);
    return OpenRewardModel.of(console, options, how.steps.seed());
  }

  private Prepared prepared(Console console, RewardModel model) {
    SequenceLimits limits = how.lengths.limits(model.base());
    AdapterRecipe recipe =
        how.recipe(
            course.spec(),
            console,
            output.convention(),
            model.base(),
            model::loadAdapter,
            r -> RewardTrainer.on(model, how.settings(r, limits, 1)).plan());
    DividedTexts<PreferencePair> pairs = divided(console, model, limits.longest());
    return new Prepared(
        recipe,
        pairs,
        count ->
            RewardTrainer.on(model, how.settings(recipe, limits, count))
                .pairs(pairs.learned(), pairs.heldOut(), objective));
  }

  /**
   * A run on a model that is open.
   *
   * @param trainers makes a trainer of so many steps
   */
  private record Prepared(
      AdapterRecipe recipe,
      DividedTexts<PreferencePair> pairs,
      IntFunction<RewardTrainer> trainers) {
    RewardTrainer trainer(int count) {
      return trainers.apply(count);
    }
  }

  private DividedTexts<PreferencePair> divided(Console console, RewardModel model, int longest) {
    DividedTexts<PreferencePair> pairs =
        DividedTexts.of(
            texts,
            how.heldOut(),
            how.steps.seed(),
            (part, prefix) -> {
              RewardPairs all = model.pairs(part, longest);
              all.notes(longest).forEach(note -> console.note(prefix + note));
              return all.pairs();
            });
    if (pairs.learned().isEmpty()) {
      throw new Failure(
          "No pair is left to learn from, as all have a text of more than "
              + longest
              + " tokens. Give shorter ones, or a greater --max-length if the model reads it.");
    }
    return pairs;
  }

  private void summary(
      Console console, DividedTexts<PreferencePair> pairs, TextTrainingWork work, int count) {
    List<PreferencePair> learned = pairs.learned();
    console.note(
        String.format(
            Locale.ROOT,
            "%d pairs%s; %d held out.",
            learned.size(),
            texts.margins() ? " with margins" : "",
            pairs.heldOut().size()));
    how.steps.noteHeldOut(console, pairs.heldOut());
    console.note(
        String.format(
            Locale.ROOT,
            "%s and a head of one number, on %d layers, %,d numbers; %d steps of %d pairs.",
            how.what(),
            work.plan().sites().size(),
            work.plan().elements(),
            count,
            how.steps.perStep()));
  }
}

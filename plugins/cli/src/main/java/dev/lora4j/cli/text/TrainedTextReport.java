package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.train.LoggedTraining;
import dev.lora4j.cli.train.PreferredShare;
import dev.lora4j.cli.train.TrainingOutput;
import dev.lora4j.cli.train.TrainingReport;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.evaluate.TaggingScores;
import dev.lora4j.text.train.TrainedText;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A trained adapter, and what there is to say about its training.
 *
 * @param logged the training, and what was told of it
 * @param output where the adapter and the run are
 */
public record TrainedTextReport(
    LoggedTraining<TrainedText> logged, TextTrainingWork work, int steps, TrainingOutput output) {
  /** The adapter with its losses. */
  public TrainedText text() {
    return logged.trained();
  }

  /**
   * Prints it.
   *
   * @param began when, in nanoseconds
   * @param score on texts with classes that were held out
   */
  public void tell(
      Console console, boolean json, long began, Optional<ClassificationScores> score) {
    tell(
        console,
        json,
        began,
        told -> score.ifPresent(s -> told.put("heldOut", ClassScores.json(s))),
        () -> score.ifPresent(s -> console.print(ClassScores.line("held out", s))));
  }

  /**
   * Prints it for what tells classes of words.
   *
   * @param began when, in nanoseconds
   * @param scores on texts that were held out
   */
  void tellTagged(Console console, boolean json, long began, Optional<TaggingScores> scores) {
    tell(
        console,
        json,
        began,
        told -> scores.ifPresent(s -> told.put("heldOut", TagScores.json(s))),
        () -> scores.ifPresent(s -> console.print(TagScores.line("held out", s))));
  }

  /**
   * Prints it for a sentence encoder.
   *
   * @param began when, in nanoseconds
   * @param scores of the base and with the adapter, on what was held out; none if nothing was
   */
  void tellEmbedding(Console console, boolean json, long began, List<RetrievalScores> scores) {
    List<String> keys = List.of("before", "heldOut");
    List<String> names = List.of("held out, base   ", "held out, adapter");
    tell(
        console,
        json,
        began,
        told -> {
          for (int i = 0; i < scores.size(); i++) {
            told.put(keys.get(i), RetrievalTable.json(scores.get(i)));
          }
        },
        () -> {
          for (int i = 0; i < scores.size(); i++) {
            console.print(RetrievalTable.line(names.get(i), scores.get(i)));
          }
        });
  }

  /**
   * Prints it for a student.
   *
   * @param began when, in nanoseconds
   * @param scores beside its teachers, on their texts that were held out
   */
  void tellDistilled(Console console, boolean json, long began, List<DistilledTexts> scores) {
    tell(
        console,
        json,
        began,
        told -> told.put("heldOut", scores.stream().map(DistilledTexts::json).toList()),
        () -> DistilledTexts.tell(console, scores));
  }

  /**
   * Prints it for what learned from preferences.
   *
   * @param began when, in nanoseconds
   */
  void tellPreferred(Console console, boolean json, long began) {
    tell(
        console,
        json,
        began,
        told -> PreferredShare.put(told, untrained(), heldOut()),
        () ->
            PreferredShare.of(untrained(), heldOut())
                .ifPresent(share -> console.print(share.line("answer"))));
  }

  /**
   * Prints it for what learned from single answers.
   *
   * @param began when, in nanoseconds
   */
  void tellJudged(Console console, boolean json, long began) {
    tell(
        console,
        json,
        began,
        told -> PreferredShare.put(told, untrained(), heldOut()),
        () -> {
          if (!heldOut().isEmpty()) {
            console.print(
                "held out  good answers "
                    + reward("rewards/chosen")
                    + ", bad ones "
                    + reward("rewards/rejected"));
          }
        });
  }

  private String reward(String name) {
    double reward = heldOut().getOrDefault(name, Double.NaN);
    return Double.isNaN(reward)
        ? "are none of them"
        : String.format(Locale.ROOT, "have a reward of %.3f", reward);
  }

  /**
   * Prints it for what learned from rewards.
   *
   * @param began when, in nanoseconds
   */
  void tellRewarded(Console console, boolean json, long began) {
    tellWritten(console, json, began, "reward", "reward %.3f", ", %.3f before");
  }

  /**
   * Prints it for what learned from a teacher of its own writing.
   *
   * @param began when, in nanoseconds
   */
  void tellTaught(Console console, boolean json, long began) {
    tellWritten(
        console, json, began, "divergence", "divergence from the teacher %.4f", ", %.4f before");
  }

  /**
   * Prints it for what learned of its own writing.
   *
   * @param name of the number by which what is held out is measured
   * @param form of that number
   * @param before form of what it was before the first step
   */
  private void tellWritten(
      Console console, boolean json, long began, String name, String form, String before) {
    tell(
        console,
        json,
        began,
        told -> PreferredShare.put(told, untrained(), heldOut()),
        () -> {
          if (!heldOut().isEmpty()) {
            double cut = 100 * heldOut().getOrDefault("completions/clipped_ratio", 0.0);
            console.print(
                "held out  "
                    + String.format(Locale.ROOT, form, heldOut().getOrDefault(name, Double.NaN))
                    + Optional.ofNullable(untrained().get(name))
                        .map(number -> String.format(Locale.ROOT, before, number))
                        .orElse("")
                    + String.format(Locale.ROOT, ", %.0f %% of completions cut", cut));
          }
        });
  }

  /**
   * Prints it for a reward model.
   *
   * @param began when, in nanoseconds
   */
  void tellRewardModel(Console console, boolean json, long began) {
    tell(
        console,
        json,
        began,
        told -> PreferredShare.put(told, untrained(), heldOut()),
        () -> {
          if (!heldOut().isEmpty()) {
            console.print(
                new PreferredShare(
                        Optional.ofNullable(untrained().get("accuracy")),
                        heldOut().getOrDefault("accuracy", Double.NaN),
                        heldOut().getOrDefault("margin", Double.NaN))
                    .line("answer"));
          }
        });
  }

  private void tell(
      Console console, boolean json, long began, Consumer<Json> more, Runnable lines) {
    new TrainingReport(text().adapter(), logged.losses(), work.plan(), steps, output)
        .tell(console, json, began, more, lines);
  }

  private Map<String, Double> untrained() {
    return logged.untrained();
  }

  private Map<String, Double> heldOut() {
    return logged.heldOut();
  }
}

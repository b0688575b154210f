package dev.lora4j.cli.text;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.console.ProcessMemory;
import dev.lora4j.cli.train.LossChart;
import dev.lora4j.cli.train.PreferredShare;
import dev.lora4j.text.evaluate.ClassificationScores;
import dev.lora4j.text.evaluate.RetrievalScores;
import dev.lora4j.text.evaluate.TaggingScores;
import dev.lora4j.text.train.TrainedText;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A trained adapter, and what there is to say about its training.
 *
 * @param losses of all steps; none for a finished run whose table is gone
 * @param untrained what was measured of the texts that were held out before the first step, by name
 * @param heldOut what was measured last of the texts that were held out, by name
 * @param out the adapter's file or folder
 * @param run folder of what was kept on the way
 */
public record TrainedTextReport(
    TrainedText text,
    List<Double> losses,
    Map<String, Double> untrained,
    Map<String, Double> heldOut,
    TextTrainingWork work,
    int steps,
    Path out,
    Path run) {

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
        told -> PreferredShare.put(told, untrained, heldOut),
        () ->
            PreferredShare.of(untrained, heldOut)
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
        told -> PreferredShare.put(told, untrained, heldOut),
        () -> {
          if (!heldOut.isEmpty()) {
            console.print(
                "held out  good answers "
                    + reward("rewards/chosen")
                    + ", bad ones "
                    + reward("rewards/rejected"));
          }
        });
  }

  private String reward(String name) {
    double reward = heldOut.getOrDefault(name, Double.NaN);
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
        told -> PreferredShare.put(told, untrained, heldOut),
        () -> {
          if (!heldOut.isEmpty()) {
            double cut = 100 * heldOut.getOrDefault("completions/clipped_ratio", 0.0);
            console.print(
                "held out  "
                    + String.format(Locale.ROOT, form, heldOut.getOrDefault(name, Double.NaN))
                    + Optional.ofNullable(untrained.get(name))
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
        told -> PreferredShare.put(told, untrained, heldOut),
        () -> {
          if (!heldOut.isEmpty()) {
            console.print(
                new PreferredShare(
                        Optional.ofNullable(untrained.get("accuracy")),
                        heldOut.getOrDefault("accuracy", Double.NaN),
                        heldOut.getOrDefault("margin", Double.NaN))
                    .line("answer"));
          }
        });
  }

  private void tell(
      Console console, boolean json, long began, Consumer<Json> more, Runnable lines) {
    double seconds = (System.nanoTime() - began) / 1e9;
    double[] smooth = LossChart.smooth(losses.stream().mapToDouble(l -> l).toArray());
    double first = smooth.length == 0 ? Double.NaN : smooth[0];
    double last = smooth.length == 0 ? Double.NaN : smooth[smooth.length - 1];
    if (json) {
      Json told =
          new Json()
              .put("adapter", out.toString())
              .put("identity", text.adapter().identity())
              .put("layers", text.adapter().sites().size())
              .put("trained", work.plan().elements())
              .put("steps", steps)
              .put("firstLoss", first)
              .put("lastLoss", last)
              .put("run", run.toString())
              .put("seconds", seconds);
      ProcessMemory.peak().ifPresent(bytes -> told.put("peakMemory", bytes));
      more.accept(told);
      console.print(told.toString());
      return;
    }
    console.print(
        String.format(
            Locale.ROOT,
            "%s  %d layers%s, identity %s",
            out,
            text.adapter().sites().size(),
            // A finished run whose table is gone has no losses to report.
            smooth.length == 0
                ? ""
                : String.format(Locale.ROOT, ", loss from %.4f to %.4f", first, last),
            text.adapter().identity()));
    lines.run();
    console.note("Done in " + Durations.text(seconds) + ".");
  }
}

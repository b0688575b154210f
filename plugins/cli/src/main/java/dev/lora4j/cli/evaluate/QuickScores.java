package dev.lora4j.cli.evaluate;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.OpenModel;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.evaluation.EvaluationPictures;
import dev.lora4j.diffusion.evaluation.JudgedPicture;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.StyleEvaluation;
import dev.lora4j.diffusion.evaluation.StyleTargets;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The command {@code evaluate} at small scale: one picture of each of some held-out concepts.
 *
 * @param judge what pictures are judged by
 * @param style the style that was trained
 * @param concepts names of what is shown, by number
 */
public record QuickScores(JudgeFolder judge, JudgedStyle style, Map<Integer, String> concepts) {
  public static final String FILE = "scores.json";
  public static final String IMAGES = "images";
  private static final int SIDE = 64;
  private static final int STEPS = 20;

  /**
   * Scores of the bundled style set, or of the user's, of which there are no true pictures; empty
   * for no concepts.
   */
  public static Optional<QuickScores> of(Optional<Path> images, int concepts) {
    if (concepts == 0) {
      return Optional.empty();
    }
    JudgeFolder judge = EmojiSd.judge();
    JudgedStyle style =
        images
            .map(folder -> JudgedStyle.examples(folder, SIDE))
            .orElseGet(() -> JudgedStyleOption.of("ink", judge, SIDE, note -> {}));
    return Optional.of(new QuickScores(judge, style, JudgedConcepts.some(style, judge, concepts)));
  }

  /** Makes the pictures and writes the scores; returns them in one line. */
  public String run(
      Console console, OpenModel model, Adapter adapter, long seed, Path output, long began) {
    console.note("Scoring the style on " + concepts.size() + " things that it was not taught.");
    Prompt plain = Prompt.of("").seed(seed).steps(STEPS);
    EvaluationPictures pictures =
        new EvaluationPictures(
            output.resolve(IMAGES), style.name(), adapter.name(), 1, plain, 1, "", 0, SIDE);
    List<EvaluationPictures.Request> requests = pictures.requests(MixPlan.of(adapter, 1), concepts);
    List<JudgedPicture> all = EvaluationProgress.make(console, model.sd(), pictures, requests);
    try (Judges judges =
        Judges.load(model.engine(), judge.styleClassifier(), judge.conceptRetrieval())) {
      StyleEvaluation found =
          StyleEvaluation.of(judges, style, judge.truths(JudgeFolder.FLAT), all);
      double seconds = (System.nanoTime() - began) / 1e9;
      Json scores = new EvaluationReport(found, style, judges).scores(seconds);
      OutputFile.text(output.resolve(FILE), scores + "\n");
      return line(found);
    }
  }

  private String line(StyleEvaluation found) {
    JudgeScores adapter = found.kind(StyleEvaluation.ADAPTER).orElseThrow();
    JudgeScores base = found.kind(StyleEvaluation.BASE).orElseThrow();
    StringBuilder text = new StringBuilder();
    adapter
        .style()
        .ifPresent(
            s ->
                text.append(style.name())
                    .append(" in ")
                    .append(StyleTargets.percent(s))
                    .append(" of the pictures (")
                    .append(StyleTargets.percent(base.style().orElse(0.0)))
                    .append(" without the adapter), "));
    text.append("the right concept in the top 10 in ")
        .append(StyleTargets.percent(adapter.conceptTop10()))
        .append(" (")
        .append(StyleTargets.percent(base.conceptTop10()))
        .append(" without)");
    adapter
        .truth()
        .ifPresent(
            t ->
                text.append(", the true picture nearest in ")
                    .append(StyleTargets.percent(t.top1())));
    if (style.label().isEmpty()) {
      text.append("; of your own style there is no classifier and no true picture to compare with");
    }
    return text.toString();
  }
}

package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.evaluate.JudgedConcepts;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.generate.PictureMaking;
import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.JudgeScores;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Judges a finished base by the bundled judges: pictures of concepts by their plain names and, if a
 * style is named, as many whose prompts name it.
 */
final class BaseScores {
  private static final int AT_ONCE = 8;
  private static final int SIDE = 64;

  private final BaseRun.Scoring scoring;
  private final JudgeFolder judge = EmojiSd.judge();
  private final Map<Integer, String> concepts;

  /**
   * Scores of the pictures.
   *
   * @param plain of pictures without a style
   * @param styled of those with one
   */
  record Found(JudgeScores plain, Optional<JudgeScores> styled) {}

  /**
   * Draws the concepts.
   *
   * @throws Failure if there are not so many
   */
  BaseScores(BaseRun.Scoring scoring) {
    this.scoring = scoring;
    this.concepts =
        JudgedConcepts.some(
            "a base",
            List.copyOf(judge.heldOut().keySet()),
            judge,
            "score.concepts",
            scoring.concepts());
  }

  /** Opens the judges, which must know the style. */
  Judges judges(Lora4j lora) {
    Judges judges = Judges.load(lora.engine(), judge.styleClassifier(), judge.conceptRetrieval());
    List<String> known = judges.styles().styles();
    Optional<String> unknown = scoring.style().filter(style -> !known.contains(style));
    if (unknown.isPresent()) {
      judges.close();
      throw new Failure(
          "score.style: the bundled classifier does not know "
              + unknown.get()
              + ", but "
              + String.join(", ", known)
              + ".");
    }
    return judges;
  }

  /** Makes the pictures, keeps them in {@code folder}, and judges them. */
  Found of(Console console, StableDiffusion sd, Judges judges, Path folder) {
    OutputFile.folder(folder);
    List<JudgedSample> plain = shown(console, sd, folder, "");
    Optional<List<JudgedSample>> styled =
        scoring.style().map(style -> shown(console, sd, folder, ", " + style.replace('-', ' ')));
    JudgeCriteria criteria =
        scoring.style().map(JudgeCriteria.NONE::style).orElse(JudgeCriteria.NONE);
    return new Found(
        judges.score(plain, JudgeCriteria.NONE), styled.map(some -> judges.score(some, criteria)));
  }

  private List<JudgedSample> shown(
      Console console, StableDiffusion sd, Path folder, String ending) {
    List<Prompt> prompts = new ArrayList<>();
    concepts
        .values()
        .forEach(
            name -> {
              Prompt prompt =
                  Prompt.of(name + ending)
                      .seed(scoring.seed() + prompts.size())
                      .steps(scoring.steps());
              prompts.add(
                  scoring.guidance().isPresent()
                      ? prompt.guidance(scoring.guidance().getAsDouble())
                      : prompt);
            });
    List<JudgedSample> shown = new ArrayList<>();
    try (PictureMaking making = new PictureMaking(console, sd, prompts, AT_ONCE)) {
      for (Map.Entry<Integer, String> concept : concepts.entrySet()) {
        GeneratedImage image = making.next();
        String words = (concept.getValue() + ending).toLowerCase(Locale.ROOT);
        String file =
            String.format(
                Locale.ROOT, "%04d-%s.png", concept.getKey(), words.replaceAll("[^a-z0-9]+", "-"));
        image.save(folder.resolve(file));
        Picture picture = Picture.of(file, "", image.image(), SIDE, SIDE, Color.WHITE);
        shown.add(new JudgedSample(picture, concept.getKey()));
      }
    }
    return shown;
  }
}

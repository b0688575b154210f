package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.evaluate.PromptConcepts;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.util.List;

/** The bundled judges as a reward of pictures. */
final class PairJudge {
  /** Height and width that the judges look at. */
  static final int SIDE = 64;

  /** Questions that judges are asked. */
  enum Kind {
    concept(""),
    ink(JudgeFolder.INK),
    glossy(JudgeFolder.GLOSSY),
    pixel(JudgeFolder.PIXEL),
    flat(JudgeFolder.FLAT);

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  private final JudgeFolder judge = EmojiSd.judge();
  private final List<Kind> kinds;
  private final PromptConcepts concepts = new PromptConcepts(judge.names());

  /** Asks these questions. */
  PairJudge(List<Kind> kinds) {
    this.kinds = List.copyOf(kinds);
  }

  /**
   * Refuses prompts without a concept where that is judged.
   *
   * @throws Failure with the first of them
   */
  void require(List<String> prompts) {
    if (kinds.contains(Kind.concept)) {
      List<String> unknown = prompts.stream().filter(p -> concepts.of(p).isEmpty()).toList();
      if (!unknown.isEmpty()) {
        throw new Failure(
            "--judge concept knows the "
                + concepts.size()
                + " concepts of the bundled base, and "
                + (unknown.size() == 1 ? "a prompt begins" : unknown.size() + " prompts begin")
                + " with none of them: "
                + String.join("; ", unknown.subList(0, Math.min(5, unknown.size())))
                + ".");
      }
    }
  }

  /**
   * Scores of pictures, of each the sum over the questions: the cosine of what it should be less
   * that of the nearest other.
   *
   * @param prompts of each picture
   */
  double[] scores(Engine engine, List<Picture> pictures, List<String> prompts) {
    double[] sums = new double[pictures.size()];
    try (Judges judges = Judges.load(engine, judge.styleClassifier(), judge.conceptRetrieval())) {
      for (Kind kind : kinds) {
        double[] margins =
            kind == Kind.concept
                ? judges
                    .concepts()
                    .margins(
                        pictures, prompts.stream().map(p -> concepts.of(p).orElseThrow()).toList())
                : judges.styles().margins(pictures, kind.label);
        for (int i = 0; i < sums.length; i++) {
          sums[i] += margins[i];
        }
      }
    }
    return sums;
  }
}

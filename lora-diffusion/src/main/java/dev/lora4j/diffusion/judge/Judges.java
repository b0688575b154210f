package dev.lora4j.diffusion.judge;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A style classifier and a retrieval of concepts together. */
public final class Judges implements AutoCloseable {
  private final StyleClassifier styles;
  private final ConceptRetrieval concepts;

  private Judges(StyleClassifier styles, ConceptRetrieval concepts) {
    this.styles = styles;
    this.concepts = concepts;
  }

  /**
   * Reads both.
   *
   * @param style a file for {@link StyleClassifier#load}
   * @param concept a file for {@link ConceptRetrieval#load}
   */
  public static Judges load(Engine engine, Path style, Path concept) {
    StyleClassifier styles = StyleClassifier.load(engine, style);
    try {
      return new Judges(styles, ConceptRetrieval.load(engine, concept));
    } catch (RuntimeException | Error e) {
      styles.close();
      throw e;
    }
  }

  /** Classifier of styles. */
  public StyleClassifier styles() {
    return styles;
  }

  /** Finds concepts. */
  public ConceptRetrieval concepts() {
    return concepts;
  }

  /**
   * Judges each picture, in the order of {@code shown}.
   *
   * @throws IllegalArgumentException if the classifier does not know the style of the criteria
   */
  public List<PictureJudgement> judge(List<JudgedSample> shown, JudgeCriteria criteria) {
    List<Picture> pictures = shown.stream().map(JudgedSample::picture).toList();
    List<Integer> own = shown.stream().map(JudgedSample::concept).toList();
    List<StyleClassifier.Judgement> style = styles.judge(pictures, criteria);
    List<ConceptRetrieval.Judgement> concept = concepts.judge(pictures, own);
    List<PictureJudgement> judged = new ArrayList<>();
    for (int i = 0; i < shown.size(); i++) {
      JudgedSample one = shown.get(i);
      judged.add(
          new PictureJudgement(
              style.get(i).style(),
              style.get(i).margin(),
              concept.get(i).rank(),
              concept.get(i).margin(),
              criteria
                  .truths()
                  .filter(t -> t.knows(one.concept()))
                  .map(t -> t.place(one.picture(), one.concept()))));
    }
    return judged;
  }

  /**
   * Scores pictures of one kind.
   *
   * @throws IllegalArgumentException if there are no pictures
   */
  public JudgeScores score(List<JudgedSample> shown, JudgeCriteria criteria) {
    return JudgeScores.of(judge(shown, criteria), criteria);
  }

  @Override
  public void close() {
    styles.close();
    concepts.close();
  }
}

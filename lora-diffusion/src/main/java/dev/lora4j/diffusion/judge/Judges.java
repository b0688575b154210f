package dev.lora4j.diffusion.judge;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
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
   * Scores pictures of one kind.
   *
   * @throws IllegalArgumentException if there are no pictures
   */
  public JudgeScores score(List<JudgedSample> shown, JudgeCriteria criteria) {
    if (shown.isEmpty()) {
      throw new IllegalArgumentException("There are no pictures to score; give at least one.");
    }
    List<Picture> pictures = shown.stream().map(JudgedSample::picture).toList();
    List<Integer> ranks =
        concepts.ranks(pictures, shown.stream().map(JudgedSample::concept).toList());
    double found = ranks.stream().filter(r -> r <= ConceptRetrieval.TOP).count();
    return new JudgeScores(
        shown.size(),
        criteria.style().map(s -> share(pictures, s)),
        found / shown.size(),
        criteria.truths().map(t -> truth(shown, t)));
  }

  /** The share of pictures that are in a style. */
  public double share(List<Picture> pictures, String style) {
    long right = styles.styles(pictures).stream().filter(style::equals).count();
    return right / (double) pictures.size();
  }

  private static JudgeScores.Truth truth(List<JudgedSample> shown, TruthRank truths) {
    double first = 0;
    double ranks = 0;
    double distances = 0;
    for (JudgedSample one : shown) {
      TruthRank.Place place = truths.place(one.picture(), one.concept());
      first += place.rank() == 1 ? 1 : 0;
      ranks += place.rank();
      distances += place.distance();
    }
    int n = shown.size();
    return new JudgeScores.Truth(first / n, ranks / n, distances / n);
  }

  @Override
  public void close() {
    styles.close();
    concepts.close();
  }
}

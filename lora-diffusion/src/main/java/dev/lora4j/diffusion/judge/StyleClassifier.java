package dev.lora4j.diffusion.judge;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Optional;

/**
 * Classifier of the style of pictures. One of its labels is {@link #NONE}, for what only resembles
 * a style: colourless drawings of other styles, blank pages.
 */
public final class StyleClassifier implements AutoCloseable {
  /** The label of pictures in none of the styles. */
  public static final String NONE = "none";

  private final PictureClassifier classifier;

  private StyleClassifier(PictureClassifier classifier) {
    this.classifier = classifier;
  }

  /** Reads a file that {@link PictureClassifierTrainer} wrote. */
  public static StyleClassifier load(Engine engine, Path file) {
    return new StyleClassifier(PictureClassifier.load(engine, file));
  }

  /** The styles, {@link #NONE} among them. */
  public List<String> styles() {
    return classifier.labels();
  }

  /** Accuracy on pictures unseen in training, from 0 to 1: the mean over styles. */
  public double accuracy() {
    return classifier.accuracies().values().stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElse(0);
  }

  /** {@link #accuracy} about pictures in one style; 0 for a style it does not know. */
  public double accuracy(String style) {
    return classifier.accuracies().getOrDefault(style, 0.0);
  }

  /** Height and width that pictures must have, in pixels. */
  public int side() {
    return classifier.side();
  }

  /** The style of each picture. */
  public List<String> styles(List<Picture> pictures) {
    return judge(pictures, JudgeCriteria.NONE).stream().map(Judgement::style).toList();
  }

  /**
   * What it says of a picture.
   *
   * @param style the nearest
   * @param margin how clearly it is in the style that was asked about, as {@link #margins}
   */
  public record Judgement(String style, Optional<Double> margin) {}

  /**
   * Judges each picture.
   *
   * @param criteria whose style margins are about; without one there are none
   * @throws IllegalArgumentException if it does not know the style
   */
  public List<Judgement> judge(List<Picture> pictures, JudgeCriteria criteria) {
    Optional<Integer> label = criteria.style().map(this::number);
    return classifier.cosines(pictures).stream()
        .map(
            row ->
                new Judgement(
                    classifier.labels().get(greatest(row)),
                    label.map(l -> PictureClassifier.margin(row, l))))
        .toList();
  }

  /**
   * How clearly each picture is in a style: the cosine of the style less that of the nearest other
   * one, from -2 to 2, above 0 where the style is the nearest.
   *
   * @throws IllegalArgumentException if it does not know the style
   */
  public double[] margins(List<Picture> pictures, String style) {
    return classifier.margins(pictures, Collections.nCopies(pictures.size(), number(style)));
  }

  private int number(String style) {
    int label = classifier.labels().indexOf(style);
    if (label < 0) {
      throw new IllegalArgumentException(
          "The classifier does not know the style "
              + style
              + ", but "
              + String.join(", ", classifier.labels())
              + ".");
    }
    return label;
  }

  private static int greatest(float[] row) {
    int best = 0;
    for (int i = 1; i < row.length; i++) {
      best = row[i] > row[best] ? i : best;
    }
    return best;
  }

  @Override
  public void close() {
    classifier.close();
  }
}

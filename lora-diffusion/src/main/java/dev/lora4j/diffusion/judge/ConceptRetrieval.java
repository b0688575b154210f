package dev.lora4j.diffusion.judge;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Retrieval of concepts: ranks many concepts by their similarity to a picture of any style; rank 1
 * is the most similar.
 */
public final class ConceptRetrieval implements AutoCloseable {
  /** Number of nearest concepts among which the right one counts as found. */
  public static final int TOP = 10;

  private final PictureClassifier classifier;

  private ConceptRetrieval(PictureClassifier classifier) {
    this.classifier = classifier;
  }

  /**
   * Reads a file that {@link PictureClassifierTrainer} wrote, whose labels are the concepts in
   * order.
   */
  public static ConceptRetrieval load(Engine engine, Path file) {
    return new ConceptRetrieval(PictureClassifier.load(engine, file));
  }

  /** The names of the concepts; a concept's number is its place. */
  public List<String> concepts() {
    return classifier.labels();
  }

  /**
   * Share of true pictures, unseen in training, whose right concept is among the first {@link
   * #TOP}, from 0 to 1, by style.
   */
  public Map<String, Double> accuracies() {
    return classifier.accuracies();
  }

  /** Height and width that pictures must have, in pixels. */
  public int side() {
    return classifier.side();
  }

  /**
   * The rank of each picture's own concept among all, from 1; of equally near ones the own is last.
   *
   * @param own the number of each picture's concept
   */
  public List<Integer> ranks(List<Picture> pictures, List<Integer> own) {
    return judge(pictures, own).stream().map(Judgement::rank).toList();
  }

  /**
   * What it says of a picture.
   *
   * @param rank as {@link #ranks}
   * @param margin as {@link #margins}
   */
  public record Judgement(int rank, double margin) {}

  /**
   * Judges each picture.
   *
   * @param own the number of each picture's concept
   */
  public List<Judgement> judge(List<Picture> pictures, List<Integer> own) {
    List<float[]> rows = classifier.cosines(pictures);
    List<Judgement> judged = new ArrayList<>();
    for (int i = 0; i < rows.size(); i++) {
      float[] row = rows.get(i);
      judged.add(new Judgement(rank(row, own.get(i)), PictureClassifier.margin(row, own.get(i))));
    }
    return judged;
  }

  /**
   * How clearly each picture shows its concept: the cosine of the concept less that of the nearest
   * other one, from -2 to 2, above 0 where its own is the nearest.
   *
   * @param own the number of each picture's concept
   */
  public double[] margins(List<Picture> pictures, List<Integer> own) {
    return classifier.margins(pictures, own);
  }

  private static int rank(float[] row, int own) {
    int rank = 0;
    for (float cosine : row) {
      rank += cosine >= row[own] ? 1 : 0;
    }
    return rank;
  }

  @Override
  public void close() {
    classifier.close();
  }
}

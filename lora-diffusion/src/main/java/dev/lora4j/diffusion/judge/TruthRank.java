package dev.lora4j.diffusion.judge;

import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.dataset.Picture;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Rank of a concept's true picture among the true pictures of others, by {@link PictureDistance} to
 * a generated picture; at rank 1 its own is the nearest. A blank page or a mean picture cannot do
 * that more often than by chance.
 */
public final class TruthRank {
  private static final long DRAW = 100;

  private final Map<Integer, float[]> truths = new LinkedHashMap<>();
  private final int among;

  /**
   * The place of a picture's own truth.
   *
   * @param rank how many truths are at most as far away, its own included: equal distances count
   *     against the picture
   * @param distance to its own truth
   */
  public record Place(int rank, double distance) {}

  /**
   * For truths by the number of their concept.
   *
   * @param among how many truths a picture is compared with, its own included, if there are so many
   */
  public TruthRank(Map<Integer, Picture> truths, int among) {
    truths.forEach((concept, picture) -> this.truths.put(concept, PictureDistance.cells(picture)));
    this.among = Math.min(among, truths.size());
  }

  /** Number of truths that a picture is compared with, its own included. */
  public int among() {
    return among;
  }

  /** True if there is a true picture of a concept. */
  public boolean knows(int concept) {
    return truths.containsKey(concept);
  }

  /**
   * The place of the truth of {@code concept}, which is one of the truths. The others are drawn by
   * the concept's number alone, so that all pictures of a concept are compared with the same.
   */
  public Place place(Picture picture, int concept) {
    float[] own =
        Optional.ofNullable(truths.get(concept))
            .orElseThrow(
                () -> new IllegalArgumentException("No true picture of concept " + concept + "."));
    float[] cells = PictureDistance.cells(picture);
    if (cells.length != own.length) {
      throw new IllegalArgumentException(
          picture.name() + " has another size than the true pictures; resize it first.");
    }
    double distance = PictureDistance.between(cells, own);
    Integer[] others = truths.keySet().stream().filter(c -> c != concept).toArray(Integer[]::new);
    int[] order = SeededNoise.of(DRAW, concept).permutation(others.length);
    int rank = 1;
    for (int i = 0; i < among - 1; i++) {
      float[] other = Optional.ofNullable(truths.get(others[order[i]])).orElseThrow();
      if (PictureDistance.between(cells, other) <= distance) {
        rank++;
      }
    }
    return new Place(rank, distance);
  }
}

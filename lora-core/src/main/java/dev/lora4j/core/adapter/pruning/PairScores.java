package dev.lora4j.core.adapter.pruning;

import java.util.BitSet;

/**
 * Scores of the elements of a LoRA's factors: the size of an element times the length of the other
 * factor's vector of the same direction. They stay the same where a direction's size moves from one
 * factor to the other, and where one factor is still 0.
 */
final class PairScores {
  private final float[] down;
  private final float[] up;

  private PairScores(float[] down, float[] up) {
    this.down = down;
    this.up = up;
  }

  /**
   * Scores of two factors; 0 for elements that are 0, and above it for others.
   *
   * @param rank directions
   */
  static PairScores of(float[] down, float[] up, int rank) {
    int row = down.length / rank;
    double[] ofRows = new double[rank];
    double[] ofColumns = new double[rank];
    for (int i = 0; i < down.length; i++) {
      ofRows[i / row] += (double) down[i] * down[i];
    }
    for (int i = 0; i < up.length; i++) {
      ofColumns[i % rank] += (double) up[i] * up[i];
    }
    float[] downScores = new float[down.length];
    float[] upScores = new float[up.length];
    for (int i = 0; i < down.length; i++) {
      downScores[i] = score(down[i], ofColumns[i / row]);
    }
    for (int i = 0; i < up.length; i++) {
      upScores[i] = score(up[i], ofRows[i % rank]);
    }
    return new PairScores(downScores, upScores);
  }

  /** Scores of {@code down} [rank, ...]. */
  float[] down() {
    return down;
  }

  /** Scores of {@code up} [out, rank, ...]. */
  float[] up() {
    return up;
  }

  private static float score(float value, double square) {
    if (value == 0) {
      return 0;
    }
    double score = Math.abs(value) * Math.sqrt(square);
    return (float) Math.max(Float.MIN_VALUE, Math.min(Float.MAX_VALUE, score));
  }

  /**
   * The elements to be 0 so that {@code kept} are left: zeros first.
   *
   * @param scores {@link #down} or {@link #up}
   */
  static BitSet pruned(float[] scores, int kept) {
    return Selection.least(scores, Selection.all(scores.length), scores.length - kept);
  }
}

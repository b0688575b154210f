package dev.lora4j.text.encode;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Vectors to find the nearest of, by the cosine of the angle between them.
 *
 * @param vectors all of one width
 */
public record NearestVectors(List<float[]> vectors) {
  private static final double LEAST = 1e-12;

  /** Copies the list, not the vectors. */
  public NearestVectors {
    vectors = List.copyOf(vectors);
  }

  /**
   * A vector that is near to another.
   *
   * @param number in the list, from 0
   * @param cosine from -1 to 1; 0 where a vector has no length
   */
  public record Found(int number, double cosine) {}

  /**
   * The nearest to a vector, the nearest first, of equal ones the first of the list.
   *
   * @param most how many at most
   */
  public List<Found> of(float[] query, int most) {
    double length = Math.max(Math.sqrt(dot(query, query)), LEAST);
    return IntStream.range(0, vectors.size())
        .mapToObj(
            i -> {
              float[] vector = vectors.get(i);
              double own = Math.max(Math.sqrt(dot(vector, vector)), LEAST);
              return new Found(i, dot(query, vector) / own / length);
            })
        .sorted((a, b) -> Double.compare(b.cosine(), a.cosine()))
        .limit(most)
        .toList();
  }

  private static double dot(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += (double) a[i] * b[i];
    }
    return sum;
  }
}

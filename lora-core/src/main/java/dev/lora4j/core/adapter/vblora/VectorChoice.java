package dev.lora4j.core.adapter.vblora;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.stream.IntStream;

/**
 * Which vectors of a bank make up the pieces [rows, columns] of a factor, with their weights, which
 * sum to 1 for each piece.
 */
final class VectorChoice {
  /** Ending of the role of the vectors' places. */
  static final String INDICES = "_topk_indices";

  /** Ending of the role of their weights. */
  static final String WEIGHTS = "_topk_weights";

  /** How far weights of a file may be above 1 together, as half precision rounds them. */
  private static final double SLACK = 0.02;

  private final String role;
  private final Shape shape;
  private final int each;
  private final int[] indices;
  private final double[] weights;

  private VectorChoice(String role, Shape shape, int each) {
    this.role = role;
    this.shape = shape;
    this.each = each;
    this.indices = new int[Math.multiplyExact(pieces(), each)];
    this.weights = new double[indices.length];
  }

  /**
   * The choice of a factor.
   *
   * @param logits role of the logits of all vectors, of which a file has these or the choice
   * @param vectors how many there are
   * @throws AdapterException if a tensor is missing, does not fit, or names a vector that is not
   *     there
   */
  static VectorChoice of(SiteTensors in, String logits, int vectors) {
    return in.has(logits) ? ofLogits(in, logits, vectors) : ofIndices(in, logits, vectors);
  }

  private static VectorChoice ofLogits(SiteTensors in, String role, int vectors) {
    HostTensor tensor = in.tensor(role);
    Shape shape = tensor.shape();
    if (shape.rank() != 3 || shape.size(2) != vectors || shape.elements() == 0) {
      throw in.wrong(role, "[rows, columns, " + vectors + "], a logit for each vector");
    }
    double[] all = tensor.doubles();
    for (double logit : all) {
      // Minus infinity is what PEFT makes of vectors that a file did not choose.
      if (Double.isNaN(logit) || logit == Double.POSITIVE_INFINITY) {
        throw in.wrong(role, "of numbers; the training of this adapter went wrong");
      }
    }
    int each = count(in, vectors);
    VectorChoice choice = new VectorChoice(role, shape, each);
    for (int piece = 0; piece < choice.pieces(); piece++) {
      int from = piece * vectors;
      int[] greatest =
          IntStream.range(0, vectors)
              .boxed()
              .sorted((a, b) -> Double.compare(all[from + b], all[from + a]))
              .limit(each)
              .mapToInt(Integer::intValue)
              .toArray();
      double sum = 0;
      for (int k = 0; k < each; k++) {
        double weight = Math.exp(all[from + greatest[k]] - all[from + greatest[0]]);
        choice.indices[piece * each + k] = greatest[k];
        choice.weights[piece * each + k] = weight;
        sum += weight;
      }
      if (Double.isNaN(sum)) {
        throw in.wrong(role, "with a finite logit for each piece");
      }
      for (int k = 0; k < each; k++) {
        choice.weights[piece * each + k] /= sum;
      }
    }
    return choice;
  }

  private static int count(SiteTensors in, int vectors) {
    double count =
        in.numberSetting(VbloraMethod.COUNT)
            .orElseThrow(
                () ->
                    new AdapterException(
                        in.site().name()
                            + " has logits of VB-LoRA, and how many of them count is "
                            + VbloraMethod.COUNT
                            + " in adapter_config.json; give the folder with both files."));
    if (!(count >= 1 && count <= vectors && count == Math.rint(count))) {
      throw new AdapterException(
          "The configuration of the adapter says "
              + VbloraMethod.COUNT
              + " "
              + count
              + "; it should be a whole number from 1 to the number of vectors, "
              + vectors
              + ".");
    }
    return (int) count;
  }

  private static VectorChoice ofIndices(SiteTensors in, String logits, int vectors) {
    String role = logits + INDICES;
    HostTensor places = in.tensor(role);
    Shape shape = places.shape();
    if (places.dtype().floating() || shape.rank() != 3 || shape.elements() == 0) {
      throw in.wrong(role, "whole numbers [rows, columns, vectors of a piece]");
    }
    int each = Math.toIntExact(shape.size(2));
    VectorChoice choice = new VectorChoice(role, shape, each);
    double[] indices = places.doubles();
    HostTensor stored = in.tensor(logits + WEIGHTS);
    if (!stored.shape().equals(shape.with(2, each - 1)) || !stored.dtype().floating()) {
      throw in.wrong(logits + WEIGHTS, shape.with(2, each - 1) + ", without the last weight");
    }
    double[] weights = stored.doubles();
    for (int piece = 0; piece < choice.pieces(); piece++) {
      double rest = 1;
      for (int k = 0; k < each; k++) {
        double index = indices[piece * each + k];
        if (!(index >= 0 && index < vectors)) {
          throw in.wrong(role, "of places from 0 to " + (vectors - 1) + ", not " + (long) index);
        }
        double weight = k < each - 1 ? weights[piece * (each - 1) + k] : Math.max(0, rest);
        rest -= weight;
        if (!(weight >= 0) || !(rest >= -SLACK)) {
          throw in.wrong(logits + WEIGHTS, "of weights from 0 on that sum to at most 1");
        }
        choice.indices[piece * each + k] = (int) index;
        choice.weights[piece * each + k] = weight;
      }
    }
    return choice;
  }

  /**
   * Passes if there are so many pieces.
   *
   * @throws AdapterException if not
   */
  void require(SiteTensors in, long rows, long columns) {
    if (rows() != rows || columns() != columns) {
      throw in.wrong(role, "[" + rows + ", " + columns + ", " + shape.size(2) + "]");
    }
  }

  long rows() {
    return shape.size(0);
  }

  long columns() {
    return shape.size(1);
  }

  /** Number of pieces, rows by columns. */
  int pieces() {
    return Math.toIntExact(rows() * columns());
  }

  /** Number of vectors in each. */
  int each() {
    return each;
  }

  int index(int piece, int k) {
    return indices[piece * each + k];
  }

  double weight(int piece, int k) {
    return weights[piece * each + k];
  }
}

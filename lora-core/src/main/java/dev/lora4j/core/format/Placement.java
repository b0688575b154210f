package dev.lora4j.core.format;

import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.tensor.Shape;
import java.util.Optional;

/**
 * Placement of a weight or bias in a checkpoint's tensor.
 *
 * @param part the part of the checkpoint, as in {@link BaseCheckpoint#parts}
 * @param tensor name of the tensor
 * @param rows the rows of that tensor that it is; absent where it is the whole tensor
 * @param transposed whether it lies there as [in, out]
 * @param swapped whether its halves (of the rows) lie there in the other order
 */
public record Placement(
    String part, String tensor, Optional<Rows> rows, boolean transposed, boolean swapped) {
  /** Rows {@code from} to {@code from + count} of a tensor that has {@code of} of them in all. */
  public record Rows(long from, long count, long of) {
    /** Rows of a tensor that holds queries, keys and values. */
    public static Rows third(long from, long count) {
      return new Rows(from, count, 3 * count);
    }
  }

  /** A whole tensor as it is. */
  public static Placement of(String part, String tensor) {
    return new Placement(part, tensor, Optional.empty(), false, false);
  }

  /** A whole tensor that lies there as [in, out]. */
  public static Placement transposed(String part, String tensor) {
    return new Placement(part, tensor, Optional.empty(), true, false);
  }

  /** Shape of the weight or bias, as its site has it, in a tensor of this shape. */
  public Shape shape(Shape stored) {
    if (transposed) {
      return Shape.of(stored.size(1), stored.size(0));
    }
    return rows.map(r -> stored.with(0, r.count())).orElse(stored);
  }

  /** Returns true if a tensor of this shape can hold it. */
  public boolean fits(Shape stored) {
    if (stored.rank() == 0) {
      return false;
    }
    boolean matrix = !transposed || stored.rank() == 2;
    boolean halves = !swapped || stored.size(0) % 2 == 0;
    // Rows of a layer of another width would be other rows.
    boolean same = rows.map(r -> r.of() == stored.size(0)).orElse(true);
    return matrix && halves && same;
  }
}

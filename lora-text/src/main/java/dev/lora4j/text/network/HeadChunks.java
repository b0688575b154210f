package dev.lora4j.text.network;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.RowValues;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Chunks of places whose logits are computed together. Over a large vocabulary logits take far more
 * memory than all else in a step, and what is learned of a place is a number or two: in chunks, the
 * logits of one chunk are there at a time, and their gradient with them ({@link RowValues}), so
 * that nothing is computed twice.
 *
 * @param rows places of a chunk; the last one has the rest
 * @param count chunks, at least 1; those behind the last place are empty
 * @param learned whether a gradient is formed of the values
 */
public record HeadChunks(int rows, int count, boolean learned) {
  /** All places at once, as an uncut program has them. */
  public static final HeadChunks WHOLE = new HeadChunks(Integer.MAX_VALUE, 1, true);

  /** Elements of the logits of a chunk: 64 MiB in F32. */
  private static final long ELEMENTS = 1L << 24;

  /** The fewest rows for which a product is worth the reading of the head's weight. */
  private static final int FEWEST = 128;

  /** Rows of a chunk from which on it holds what a program has at once in any case. */
  private static final int LARGE = 2048;

  /** The most chunks; a program has the statements of each. */
  private static final int MOST = 32;

  /** Checks the ranges. */
  public HeadChunks {
    if (rows < 1 || count < 1) {
      throw new IllegalArgumentException(
          "a head has chunks of at least 1 place, found " + count + " of " + rows);
    }
  }

  /**
   * Chunks for a vocabulary; {@link #WHOLE} if the logits of all places are few.
   *
   * @param vocabulary number of logits of a place
   * @param places the most places of a batch
   */
  public static HeadChunks of(int vocabulary, long places) {
    long rows = Math.max(FEWEST, ELEMENTS / Math.max(1, vocabulary));
    if (places < 2 * rows) {
      return WHOLE;
    }
    rows = Math.max(rows, (places + MOST - 1) / MOST);
    long count = (places + rows - 1) / rows;
    return new HeadChunks(Math.toIntExact(rows), Math.toIntExact(count), true);
  }

  /**
   * Chunks of programs without gradients, for any number of places.
   *
   * @param vocabulary number of logits of a place
   */
  public static HeadChunks frozen(int vocabulary) {
    long rows = Math.max(FEWEST, ELEMENTS / Math.max(1, vocabulary));
    return rows > LARGE ? WHOLE : new HeadChunks(Math.toIntExact(rows), MOST, false);
  }

  /** A copy for programs without gradients. */
  public HeadChunks frozen() {
    return new HeadChunks(rows, count, false);
  }

  /**
   * Places of a chunk.
   *
   * @param hidden output of the last layer there, [places, width]
   * @param part takes the rows of these places of what has a row for each place
   */
  public record Chunk(Expr hidden, UnaryOperator<Expr> part) {}

  /**
   * Values of all places.
   *
   * @param hidden output of the last layer at each place, [places, width]
   * @param body makes values of the places of a chunk, each [places of the chunk] and of its own
   *     place alone
   * @return the values in the order of {@code body}, each [places]
   */
  public List<Expr> values(Expr hidden, Function<Chunk, List<Expr>> body) {
    if (count == 1) {
      return body.apply(new Chunk(hidden, UnaryOperator.identity()));
    }
    List<List<Expr>> parts = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      UnaryOperator<Expr> part = part(i);
      Function<Expr, List<Expr>> of = rows -> body.apply(new Chunk(rows, part));
      Expr some = part.apply(hidden);
      parts.add(learned ? RowValues.of(some, of) : of.apply(some));
    }
    List<Expr> all = new ArrayList<>();
    for (int value = 0; value < parts.get(0).size(); value++) {
      int number = value;
      all.add(ShapeOps.cat(parts.stream().map(p -> p.get(number)).toList(), 0));
    }
    return all;
  }

  /** Takes the rows of a chunk. Unlike a range that has to be there, a slice ends where rows do. */
  private UnaryOperator<Expr> part(int number) {
    long begin = (long) number * rows;
    long end = number == count - 1 ? Long.MAX_VALUE : begin + rows;
    return x -> {
      long all = x.shape().size(0);
      long left = all == Shape.UNKNOWN ? all : Math.max(0, Math.min(all, end) - begin);
      return x.graph().call("slice", x.dtype(), x.shape().with(0, left), x, 0, begin, end, 1);
    };
  }
}

package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/**
 * Random numbers of a program that depend only on seed, row, stream and position, so they are the
 * same in any batch, on any machine and each time a checkpointed segment runs.
 *
 * <p>Seed and row numbers are inputs of the program. Every draw gives a tensor [rows, ...], and the
 * element at position {@code i} of a row's elements depends on the seed, the row's number, the
 * stream and {@code i} alone. A batch may therefore be cut anywhere: row 5 has its numbers in
 * whichever batch it is. Two draws of one stream have the same numbers; independent draws need
 * streams of their own.
 *
 * <p>The generator is {@link Philox}, keyed by the seed (its lower half first), with the counter
 * {@code [i / 4, stream, lower half of the row, upper half of the row]}; element {@code i} is word
 * {@code i mod 4}. A draw stages about 130 operators.
 */
public final class SeededNumbers {
  private static final double WORDS = 0x1p32;

  private final Expr seed;
  private final Expr rows;
  private final long stream;

  private SeededNumbers(Expr seed, Expr rows, long stream) {
    this.seed = seed;
    this.rows = rows;
    this.stream = stream;
  }

  /**
   * Numbers of stream 0.
   *
   * @param seed a scalar, I64; all of its 64 bits count
   * @param rows a number for each row, I64 [rows]; for example the numbers of a batch's samples
   */
  public static SeededNumbers of(Expr seed, Expr rows) {
    Preconditions.type("seeded numbers", DType.I64, seed);
    Preconditions.shape("seeded numbers", Shape.of(), seed);
    Preconditions.type("seeded numbers", DType.I64, rows);
    Preconditions.shape("seeded numbers", Shape.of(Shape.UNKNOWN), rows);
    return new SeededNumbers(seed, rows, 0);
  }

  /** Numbers that are independent of those of other streams; from 0 to 2^32 - 1. */
  public SeededNumbers stream(long number) {
    if (number < 0 || number > Philox.MASK) {
      throw Mismatch.of("seeded numbers", seed, "a stream from 0 to 2^32 - 1", "" + number);
    }
    return new SeededNumbers(seed, rows, number);
  }

  /** Whole numbers from 0 to 2^32 - 1, each as likely: I64 [rows, rest...]. */
  public Expr words(Dim... rest) {
    return laidOut(blocks(count(rest), 4), rest);
  }

  /**
   * Numbers from 0 to below 1, each as likely: [rows, rest...]. They are multiples of 2^-53 in F64,
   * of 2^-24 in F32, of 2^-11 in F16 and of 2^-8 in BF16. In F64 each takes two words.
   */
  public Expr uniform(DType type, Dim... rest) {
    int bits = significand(type);
    if (type == DType.F64) {
      List<Expr> words = blocks(count(rest), 2);
      Expr first = fraction(words.get(0), words.get(1)).mul(0x1p-53);
      return laidOut(List.of(first, fraction(words.get(2), words.get(3)).mul(0x1p-53)), rest);
    }
    return words(rest).shiftRight(32 - bits).to(type).mul(Math.scalb(1.0, -bits));
  }

  /**
   * Numbers of the standard normal distribution: [rows, rest...]. By Box and Muller's transform of
   * pairs of words, computed in F64 and rounded to {@code type}, so that devices differ in the last
   * bit at most. None is beyond 6.8 in size, in F64 8.7; there each takes two words.
   */
  public Expr normal(DType type, Dim... rest) {
    significand(type);
    boolean fine = type == DType.F64;
    List<Expr> words = blocks(count(rest), fine ? 2 : 4);
    List<Expr> numbers = new ArrayList<>();
    for (int i = 0; i < 4; i += fine ? 4 : 2) {
      Expr radius;
      Expr turn;
      if (fine) {
        radius = fraction(words.get(0), words.get(1)).add(0.5).mul(0x1p-53);
        turn = fraction(words.get(2), words.get(3)).mul(0x1p-53);
      } else {
        radius = words.get(i).to(DType.F64).add(0.5).mul(0x1p-32);
        turn = words.get(i + 1).to(DType.F64).mul(0x1p-32);
      }
      Expr length = radius.log().mul(-2).sqrt();
      Expr angle = turn.mul(2 * Math.PI);
      numbers.add(length.mul(angle.cos()).to(type));
      numbers.add(length.mul(angle.sin()).to(type));
    }
    return laidOut(numbers, rest);
  }

  /** BOOL that holds with this probability, to 2^-32: [rows, rest...]. */
  public Expr bernoulli(double probability, Dim... rest) {
    if (!(probability >= 0 && probability <= 1)) {
      throw Mismatch.of("bernoulli", seed, "a probability from 0 to 1", "" + probability);
    }
    return words(rest).lt(Math.rint(probability * WORDS));
  }

  /**
   * Dropout of {@code x} [rows, ...]: each element is 0 with this probability and else divided by
   * one minus it, which keeps the mean (Srivastava et al. 2014).
   *
   * @param probability from 0 to below 1
   */
  public Expr dropout(Expr x, double probability) {
    if (!(probability >= 0 && probability < 1)) {
      throw Mismatch.of("dropout", x, "a probability from 0 to below 1", "" + probability);
    }
    Preconditions.floating("dropout", x);
    Preconditions.rankAtLeast("dropout", 1, x);
    if (!Sizes.agree(x.shape().size(0), rows.shape().size(0))) {
      throw Mismatch.of("dropout", x, "[rows, ...] with rows " + rows.shape(), x.shape() + "");
    }
    Dim[] rest = new Dim[x.shape().rank() - 1];
    for (int d = 0; d < rest.length; d++) {
      rest[d] = x.dim(d + 1);
    }
    return x.mul(1 / (1 - probability)).maskedFill(bernoulli(probability, rest), 0);
  }

  /** Words of as many counters as {@code count} numbers of a row take; four tensors [rows, n]. */
  private List<Expr> blocks(Dim count, int perBlock) {
    Graph graph = seed.graph();
    Dim blocks = count.plus(perBlock - 1L).over(perBlock);
    Expr row = rows.unsqueeze(1);
    List<Expr> counter =
        List.of(
            Constants.arange(graph, DType.I64, blocks),
            graph.constant((double) stream, DType.I64),
            lowHalf(row),
            highHalf(row));
    return Philox.words(counter, lowHalf(seed), highHalf(seed));
  }

  /** Numbers [rows, n] of which each block has one, block by block: [rows, rest...]. */
  private Expr laidOut(List<Expr> numbers, Dim... rest) {
    Dim count = count(rest);
    Expr all = ShapeOps.stack(numbers, -1).flatten(1, 2).narrow(1, Dim.of(0), count);
    Dim[] sizes = new Dim[rest.length + 1];
    sizes[0] = rows.dim(0);
    System.arraycopy(rest, 0, sizes, 1, rest.length);
    return all.reshape(sizes);
  }

  private static Dim count(Dim... rest) {
    Dim count = Dim.of(1);
    for (Dim size : rest) {
      count = count.times(size);
    }
    return count;
  }

  /** 53 bits of two words, as a whole number in F64. */
  private static Expr fraction(Expr high, Expr low) {
    return high.shiftRight(5).shiftLeft(26).bitOr(low.shiftRight(6)).to(DType.F64);
  }

  private int significand(DType type) {
    return switch (type) {
      case F64 -> 53;
      case F32 -> 24;
      case F16 -> 11;
      case BF16 -> 8;
      default -> throw Mismatch.of("seeded numbers", seed, "F16, BF16, F32 or F64", "" + type);
    };
  }

  private static Expr lowHalf(Expr x) {
    return x.bitAnd(Philox.MASK);
  }

  private static Expr highHalf(Expr x) {
    return x.shiftRight(32).bitAnd(Philox.MASK);
  }
}

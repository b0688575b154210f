package dev.lora4j.core.tensor;

import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A whole number in a program: a constant, or a size that is read from a tensor when the program
 * runs. Used wherever an operator takes sizes, so that no program depends on batch or resolution.
 */
public final class Dim {
  private final String text;
  private final long value;

  Dim(String text, long value) {
    this.text = text;
    this.value = value;
  }

  /** A constant; -1 in a reshape stands for the rest. */
  public static Dim of(long value) {
    return new Dim(Long.toString(value), value);
  }

  /** Sizes of all dimensions of a value. */
  public static Dim[] all(Expr x) {
    return IntStream.range(0, x.shape().rank()).mapToObj(x::dim).toArray(Dim[]::new);
  }

  /** Sizes of all dimensions of a value, the last of them replaced by others. */
  public static Dim[] withLast(Expr x, Dim... others) {
    IntStream leading = IntStream.range(0, x.shape().rank() - 1);
    return Stream.concat(leading.mapToObj(x::dim), Stream.of(others)).toArray(Dim[]::new);
  }

  /** The size in program text. */
  String text() {
    return text;
  }

  /** The value where it is known while staging, else {@link Shape#UNKNOWN}. */
  public long known() {
    return value;
  }

  /** This size times {@code factor}. */
  public Dim times(long factor) {
    return value >= 0
        ? of(Math.multiplyExact(value, factor))
        : new Dim("torch.mul(" + text + ", " + factor + ")", Shape.UNKNOWN);
  }

  /** This size times another. */
  public Dim times(Dim other) {
    return value >= 0 && other.value >= 0
        ? of(Math.multiplyExact(value, other.value))
        : new Dim("torch.mul(" + text + ", " + other.text + ")", Shape.UNKNOWN);
  }

  /** This size without {@code other}. */
  public Dim minus(Dim other) {
    return value >= 0 && other.value >= 0
        ? of(Math.subtractExact(value, other.value))
        : new Dim("torch.sub(" + text + ", " + other.text + ")", Shape.UNKNOWN);
  }

  /** This size divided by {@code divisor}, rounded down. */
  public Dim over(long divisor) {
    return value >= 0
        ? of(Math.floorDiv(value, divisor))
        : new Dim("torch.floordiv(" + text + ", " + divisor + ")", Shape.UNKNOWN);
  }

  /** This size divided by another, which is above 0, rounded down. */
  public Dim over(Dim divisor) {
    return value >= 0 && divisor.value > 0
        ? of(value / divisor.value)
        : new Dim("torch.floordiv(" + text + ", " + divisor.text + ")", Shape.UNKNOWN);
  }

  /** This size and {@code more}, which may be negative. */
  public Dim plus(long more) {
    return value >= 0
        ? of(Math.addExact(value, more))
        : new Dim("torch.add(" + text + ", " + more + ")", Shape.UNKNOWN);
  }

  /** This size and another. */
  public Dim plus(Dim other) {
    return value >= 0 && other.value >= 0
        ? of(Math.addExact(value, other.value))
        : new Dim("torch.add(" + text + ", " + other.text + ")", Shape.UNKNOWN);
  }

  @Override
  public String toString() {
    return text;
  }
}

package dev.lora4j.core.tensor;

/** Operators of {@link Expr} on the bits of whole numbers, in two's complement. */
public interface BitwiseOps {
  /** The value operated on. */
  Expr self();

  /** Bits that both have. */
  default Expr bitAnd(Expr other) {
    Preconditions.whole("bitwise_and", self());
    return Elementwise.binary("bitwise_and", self(), other);
  }

  /** Bits that {@code mask} has too. */
  default Expr bitAnd(long mask) {
    Preconditions.whole("bitwise_and", self());
    return Elementwise.unary("bitwise_and", self(), mask);
  }

  /** Bits that at least one has. */
  default Expr bitOr(Expr other) {
    Preconditions.whole("bitwise_or", self());
    return Elementwise.binary("bitwise_or", self(), other);
  }

  /** Bits that exactly one has. */
  default Expr bitXor(Expr other) {
    Preconditions.whole("bitwise_xor", self());
    return Elementwise.binary("bitwise_xor", self(), other);
  }

  /** Left shift of the bits; bits shifted out are lost. */
  default Expr shiftLeft(int bits) {
    return Elementwise.unary("bitwise_left_shift", self(), distance("bitwise_left_shift", bits));
  }

  /** Bits moved down; the sign of signed types moves in. */
  default Expr shiftRight(int bits) {
    return Elementwise.unary("bitwise_right_shift", self(), distance("bitwise_right_shift", bits));
  }

  private int distance(String operator, int bits) {
    Preconditions.whole(operator, self());
    if (bits < 0 || bits >= self().dtype().bits()) {
      throw Mismatch.of(
          operator,
          self(),
          "a distance from 0 to below " + self().dtype().bits(),
          Integer.toString(bits));
    }
    return bits;
  }
}

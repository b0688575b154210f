package dev.lora4j.core.tensor;

/**
 * Comparisons of {@link Expr}, logic on their results, and choosing by them. Operands broadcast and
 * have one type; results of comparisons are BOOL. Comparisons with NaN do not hold, but {@link #ne}
 * does.
 */
public interface ComparisonOps {
  /** The value operated on. */
  Expr self();

  /** Elementwise equality. */
  default Expr eq(Expr other) {
    return Logic.compare("eq", self(), other);
  }

  /** Elementwise equality with {@code value}. */
  default Expr eq(double value) {
    return Logic.compare("eq", self(), value);
  }

  /** Elementwise inequality. */
  default Expr ne(Expr other) {
    return Logic.compare("ne", self(), other);
  }

  /** Elementwise inequality with {@code value}. */
  default Expr ne(double value) {
    return Logic.compare("ne", self(), value);
  }

  /** Elementwise comparison: less. */
  default Expr lt(Expr other) {
    return Logic.compare("lt", self(), other);
  }

  /** Elementwise comparison: less than {@code value}. */
  default Expr lt(double value) {
    return Logic.compare("lt", self(), value);
  }

  /** Elementwise comparison: less or equal. */
  default Expr le(Expr other) {
    return Logic.compare("le", self(), other);
  }

  /** Elementwise comparison: at most {@code value}. */
  default Expr le(double value) {
    return Logic.compare("le", self(), value);
  }

  /** Elementwise comparison: greater. */
  default Expr gt(Expr other) {
    return Logic.compare("gt", self(), other);
  }

  /** Elementwise comparison: greater than {@code value}. */
  default Expr gt(double value) {
    return Logic.compare("gt", self(), value);
  }

  /** Elementwise comparison: greater or equal. */
  default Expr ge(Expr other) {
    return Logic.compare("ge", self(), other);
  }

  /** Elementwise comparison: at least {@code value}. */
  default Expr ge(double value) {
    return Logic.compare("ge", self(), value);
  }

  /** Logical conjunction; BOOL. */
  default Expr and(Expr other) {
    return Logic.combine("logical_and", self(), other);
  }

  /** Logical disjunction; BOOL. */
  default Expr or(Expr other) {
    return Logic.combine("logical_or", self(), other);
  }

  /** Exclusive disjunction; BOOL. */
  default Expr xor(Expr other) {
    return Logic.combine("logical_xor", self(), other);
  }

  /** Logical negation; BOOL. */
  default Expr not() {
    Preconditions.type("logical_not", DType.BOOL, self());
    return Logic.test("logical_not", self());
  }

  /** Elementwise test for numbers that are neither infinite nor NaN; BOOL. */
  default Expr isFinite() {
    return Logic.test("isfinite", self());
  }

  /** Elementwise test for infinities; BOOL. */
  default Expr isInfinite() {
    return Logic.test("isinf", self());
  }

  /** Elementwise test for NaN; BOOL. */
  default Expr isNaN() {
    return Logic.test("isnan", self());
  }

  /** Selection: this where {@code condition} (BOOL) is true, else {@code other}. */
  default Expr where(Expr condition, Expr other) {
    Expr x = self();
    Preconditions.type("where", DType.BOOL, condition);
    Preconditions.choosable("where", x);
    Preconditions.oneType("where", x, other);
    Shape shape = Broadcast.of("where", condition, x, other);
    return x.graph().call("where", x.dtype(), shape, condition, x, other);
  }

  /** {@code value}, which may be infinite, where {@code mask} (BOOL) holds, else this. */
  default Expr maskedFill(Expr mask, double value) {
    Expr x = self();
    Preconditions.type("masked_fill", DType.BOOL, mask);
    Object constant = Preconditions.constant("masked_fill", x, value);
    Shape shape = Broadcast.of("masked_fill", x, mask);
    return x.graph().call("masked_fill", x.dtype(), shape, x, mask, constant);
  }
}

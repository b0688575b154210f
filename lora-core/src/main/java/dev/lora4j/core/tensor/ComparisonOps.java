package dev.lora4j.core.tensor;

/**
 * Comparisons of {@link Expr}, logic on their results, and choosing by them. Operands broadcast and
 * have one type; results of comparisons are BOOL. Comparisons with NaN do not hold, but {@link #ne}
 * does.
 */
public interface ComparisonOps {
  /** The value operated on. */
  Expr self();

  /** Whether both are equal. */
  default Expr eq(Expr other) {
    return Logic.compare("eq", self(), other);
  }

  /** Whether each element is {@code value}. */
  default Expr eq(double value) {
    return Logic.compare("eq", self(), value);
  }

  /** Whether both differ. */
  default Expr ne(Expr other) {
    return Logic.compare("ne", self(), other);
  }

  /** Whether each element differs from {@code value}. */
  default Expr ne(double value) {
    return Logic.compare("ne", self(), value);
  }

  /** Whether this is less. */
  default Expr lt(Expr other) {
    return Logic.compare("lt", self(), other);
  }

  /** Whether each element is less than {@code value}. */
  default Expr lt(double value) {
    return Logic.compare("lt", self(), value);
  }

  /** Whether this is less or equal. */
  default Expr le(Expr other) {
    return Logic.compare("le", self(), other);
  }

  /** Whether each element is at most {@code value}. */
  default Expr le(double value) {
    return Logic.compare("le", self(), value);
  }

  /** Whether this is greater. */
  default Expr gt(Expr other) {
    return Logic.compare("gt", self(), other);
  }

  /** Whether each element is greater than {@code value}. */
  default Expr gt(double value) {
    return Logic.compare("gt", self(), value);
  }

  /** Whether this is greater or equal. */
  default Expr ge(Expr other) {
    return Logic.compare("ge", self(), other);
  }

  /** Whether each element is at least {@code value}. */
  default Expr ge(double value) {
    return Logic.compare("ge", self(), value);
  }

  /** Whether both hold; BOOL. */
  default Expr and(Expr other) {
    return Logic.combine("logical_and", self(), other);
  }

  /** Whether at least one holds; BOOL. */
  default Expr or(Expr other) {
    return Logic.combine("logical_or", self(), other);
  }

  /** Whether exactly one holds; BOOL. */
  default Expr xor(Expr other) {
    return Logic.combine("logical_xor", self(), other);
  }

  /** Whether it does not hold; BOOL. */
  default Expr not() {
    Preconditions.type("logical_not", DType.BOOL, self());
    return Logic.test("logical_not", self());
  }

  /** Whether each element is neither infinite nor NaN; BOOL. */
  default Expr isFinite() {
    return Logic.test("isfinite", self());
  }

  /** Whether each element is infinite; BOOL. */
  default Expr isInfinite() {
    return Logic.test("isinf", self());
  }

  /** Whether each element is NaN; BOOL. */
  default Expr isNaN() {
    return Logic.test("isnan", self());
  }

  /** This where {@code condition} (BOOL) holds, else {@code other}. */
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

package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Makes the operands of one case, and every other choice of it. Equal seeds make equal choices in
 * every mode; what a mode hides is drawn from a stream of its own.
 *
 * <p>Some operands of two or more dimensions are stored in reverse order and turned round inside
 * the program, so that operators also meet tensors that are not contiguous.
 */
final class Operands {
  /**
   * How cases are staged.
   *
   * @param real element type of real operands
   * @param hidden whether some sizes are unknown while staging
   * @param trained whether real operands are trainable
   */
  record Mode(DType real, boolean hidden, boolean trained) {
    static final Mode KNOWN = new Mode(DType.F64, false, false);
    static final Mode HIDDEN = new Mode(DType.F64, true, false);
    static final Mode SINGLE = new Mode(DType.F32, false, false);
    static final Mode TRAINED = new Mode(DType.F64, true, true);
  }

  /** A tensor that the program takes; {@code leaf} is what gradients are taken for. */
  record Operand(HostTensor value, Expr leaf, boolean differentiable) {}

  private final Graph graph;
  private final Mode mode;
  private final SplittableRandom random;
  private final SplittableRandom hiding;
  private final List<Operand> made = new ArrayList<>();
  private Set<Integer> shown = Set.of();

  Operands(Graph graph, Mode mode, long seed) {
    this.graph = graph;
    this.mode = mode;
    this.random = new SplittableRandom(seed);
    this.hiding = new SplittableRandom(~seed);
  }

  Graph graph() {
    return graph;
  }

  /** Element type of real operands. */
  DType real() {
    return mode.real();
  }

  /** What was made so far, in the order of the program's inputs. */
  List<Operand> made() {
    return made;
  }

  /** A whole number from {@code low} to {@code high}, both included. */
  int size(int low, int high) {
    return random.nextInt(low, high + 1);
  }

  /** {@code low} to {@code high} sizes from 1 to 3. */
  long[] sizes(int low, int high) {
    return IntStream.range(0, size(low, high)).mapToLong(i -> size(1, 3)).toArray();
  }

  /** {@code leading} followed by {@code last}. */
  static long[] join(long[] leading, long... last) {
    long[] all = java.util.Arrays.copyOf(leading, leading.length + last.length);
    System.arraycopy(last, 0, all, leading.length, last.length);
    return all;
  }

  /** Sizes that broadcast with {@code sizes}: some are 1, and some of the first are missing. */
  long[] broadcasting(long... sizes) {
    return IntStream.range(size(0, sizes.length), sizes.length)
        .mapToLong(d -> flag() ? 1 : sizes[d])
        .toArray();
  }

  boolean flag() {
    return random.nextBoolean();
  }

  double number(double low, double high) {
    return random.nextDouble(low, high);
  }

  @SafeVarargs
  final <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  /** A dimension of a tensor of this rank, counted from either end. */
  int dimension(int rank) {
    int d = size(0, rank - 1);
    return flag() ? d : d - rank;
  }

  /** Shows these dimensions of the next operand while staging, in every mode. */
  Operands showing(int... dimensions) {
    shown = IntStream.of(dimensions).boxed().collect(Collectors.toSet());
    return this;
  }

  /** A real operand with elements from a normal distribution. */
  Expr reals(long... sizes) {
    return real(this::normal, true, sizes);
  }

  /** A real operand with elements from {@code low} to {@code high}. */
  Expr between(double low, double high, long... sizes) {
    return real(() -> number(low, high), true, sizes);
  }

  /** A real operand that gets no gradient. */
  Expr given(long... sizes) {
    return real(this::normal, false, sizes);
  }

  /** A real operand with elements from {@code low} to {@code high} that gets no gradient. */
  Expr givenBetween(double low, double high, long... sizes) {
    return real(() -> number(low, high), false, sizes);
  }

  /** An I64 operand with elements from 0 to {@code bound}, which is excluded. */
  Expr indices(int bound, long... sizes) {
    return declare(DType.I64, () -> random.nextInt(bound), false, sizes);
  }

  /** A BOOL operand. */
  Expr flags(long... sizes) {
    return declare(DType.BOOL, () -> random.nextInt(2), false, sizes);
  }

  /** A BOOL operand whose elements are given in row-major order. */
  Expr flags(Shape shape, boolean... values) {
    int[] next = {0};
    return store(
        DType.BOOL, shape, shape, false, () -> values[next[0]++] ? 1 : 0); // never turned round
  }

  private double normal() {
    double u = random.nextDouble();
    double v = random.nextDouble();
    return Math.sqrt(-2 * Math.log1p(-u)) * Math.cos(2 * Math.PI * v);
  }

  private Expr real(DoubleSupplier values, boolean differentiable, long... sizes) {
    // What Java cannot write is rounded inside the program.
    DType stored = mode.real().bits() < 32 ? DType.F32 : mode.real();
    return declare(stored, values, differentiable, sizes).to(mode.real());
  }

  private Expr declare(DType dtype, DoubleSupplier values, boolean differentiable, long... sizes) {
    boolean turned = sizes.length > 1 && random.nextInt(3) == 0;
    long[] staged = sizes.clone();
    for (int d = 0; d < sizes.length; d++) {
      boolean hide =
          hiding.nextBoolean() && !shown.contains(d) && !shown.contains(d - sizes.length);
      staged[d] = mode.hidden() && hide ? Shape.UNKNOWN : sizes[d];
    }
    shown = Set.of();
    if (!turned) {
      return store(dtype, Shape.of(sizes), Shape.of(staged), differentiable, values);
    }
    int[] order = IntStream.range(0, sizes.length).map(d -> sizes.length - 1 - d).toArray();
    Shape stored = Shape.of(IntStream.of(order).mapToLong(d -> sizes[d]).toArray());
    Shape known = Shape.of(IntStream.of(order).mapToLong(d -> staged[d]).toArray());
    return store(dtype, stored, known, differentiable, values).permute(order);
  }

  private Expr store(
      DType dtype, Shape shape, Shape known, boolean differentiable, DoubleSupplier values) {
    Expr input = graph.input("x", dtype, known);
    Expr leaf = mode.trained() && differentiable ? input.trainable() : input;
    int count = Math.toIntExact(shape.elements());
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(dtype.bytes(count)));
    bytes.order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      double value = values.getAsDouble();
      switch (dtype) {
        case F64 -> bytes.putDouble(value);
        case F32 -> bytes.putFloat((float) value);
        case I64 -> bytes.putLong((long) value);
        case BOOL -> bytes.put((byte) value);
        default -> throw new IllegalArgumentException("no operands of " + dtype);
      }
    }
    made.add(new Operand(HostTensor.of(dtype, shape, bytes.flip()), leaf, differentiable));
    return leaf;
  }
}

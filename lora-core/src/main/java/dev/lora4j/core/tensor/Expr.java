package dev.lora4j.core.tensor;

/**
 * A tensor in a program that is being staged. Operators are the methods of the interfaces; each
 * appends a statement to the {@link Graph} and returns its result.
 *
 * <p>Shapes and element types are checked where they are known. There is no silent promotion: both
 * sides of an operator have the same type, and {@link CastOps#to} converts.
 */
public final class Expr
    implements ArithmeticOps,
        MathOps,
        ComparisonOps,
        BitwiseOps,
        CastOps,
        ShapeOps,
        SliceOps,
        IndexOps,
        ReductionOps,
        SortOps,
        MatmulOps,
        LinalgOps,
        ProjectionOps,
        ConvOps,
        NormOps,
        ActivationOps,
        AttentionOps,
        RotaryOps,
        PoolOps,
        ResampleOps,
        PaddingOps,
        LossOps {
  private final Graph graph;
  private final String variable;
  private final DType dtype;
  private final Shape shape;

  Expr(Graph graph, String variable, DType dtype, Shape shape) {
    this.graph = graph;
    this.variable = variable;
    this.dtype = dtype;
    this.shape = shape;
  }

  @Override
  public Expr self() {
    return this;
  }

  /** The graph this value belongs to. */
  public Graph graph() {
    return graph;
  }

  /** Element type. */
  public DType dtype() {
    return dtype;
  }

  /** Shape as far as it is known. */
  public Shape shape() {
    return shape;
  }

  /** Size of one dimension; negative {@code d} counts from the end. */
  public Dim dim(int d) {
    long known = shape.size(d);
    return known == Shape.UNKNOWN ? graph.size(this, d) : Dim.of(known);
  }

  /** The value without a gradient. */
  public Expr detach() {
    return graph.call("detach", dtype, shape, this);
  }

  /** A leaf with this value that {@link Graph#gradients} may name. */
  public Expr trainable() {
    return graph.trainable(this);
  }

  /** Variable in the program's text. */
  @Override
  public String toString() {
    return variable;
  }
}

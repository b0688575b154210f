package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trainable weights that lie one after another in one flat buffer, of F32, or of F64 where the
 * model computes in that.
 *
 * <p>One buffer makes the norm, the optimizer, the checkpoint and the average one operation each,
 * however many weights there are. The program takes each weight as a held input that is a view of
 * the buffer, so it knows no offsets: a size that is unknown while staging, such as an adapter's
 * rank, stays free, and one program trains any rank. Where each weight lies is a {@link
 * FlatLayout}.
 */
public final class FlatParameters implements WeightSource {
  private final Graph graph;
  private final DType compute;
  private final ParameterGroups groups;
  private final Map<String, Expr> leaves = new LinkedHashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * Makes a source of held inputs.
   *
   * @param compute the type the model computes in; gradients arrive in {@link #type} all the same
   */
  public FlatParameters(Graph graph, DType compute) {
    this(graph, compute, ParameterGroups.NONE);
  }

  /** {@link #FlatParameters(Graph, DType)} of weights that learn at different rates. */
  public FlatParameters(Graph graph, DType compute, ParameterGroups groups) {
    this.graph = graph;
    this.compute = compute;
    this.groups = groups;
  }

  /** The same weights in a graph of their own, without a model that uses them. */
  public FlatParameters alone() {
    FlatParameters other = new FlatParameters(new Graph(), compute, groups);
    other.parameters.addAll(parameters);
    return other;
  }

  /** The graph that the model is staged in. */
  public Graph graph() {
    return graph;
  }

  /** The type of the weights. */
  public DType type() {
    return compute == DType.F64 ? DType.F64 : DType.F32;
  }

  /** Groups of weights with their multiples of the learning rate. */
  public ParameterGroups groups() {
    return groups;
  }

  @Override
  public Expr weight(Graph owner, Parameter parameter) {
    return leaf(parameter).to(compute);
  }

  /** The weight itself, in {@link #type}; its shape may have unknown sizes. */
  public Expr leaf(Parameter parameter) {
    return leaves.computeIfAbsent(
        parameter.name(),
        name -> {
          parameters.add(parameter);
          return graph.held(name, type(), parameter.shape()).trainable();
        });
  }

  /** The model's parameters in the order of the buffer: by group, then in the order of requests. */
  public List<Parameter> parameters() {
    return parameters.stream().sorted(Comparator.comparingInt(groups::of)).toList();
  }

  /** The gradient of {@code loss} with respect to all weights, laid out like the buffer. */
  public Expr gradient(Expr loss) {
    List<Expr> ordered = new ArrayList<>();
    for (Parameter parameter : parameters()) {
      ordered.add(leaf(parameter));
    }
    List<Expr> gradients = graph.gradients(loss, ordered);
    return ShapeOps.cat(gradients.stream().map(g -> g.reshape(-1)).toList(), 0);
  }
}

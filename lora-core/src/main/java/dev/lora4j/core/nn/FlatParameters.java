package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shaping;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Trainable weights that lie one after another in one flat F32 buffer.
 *
 * <p>One buffer makes the norm, the optimiser, the checkpoint and the average one operation each,
 * however many weights there are.
 */
public final class FlatParameters implements WeightSource {
  /** A weight and where it begins in the buffer, in elements. */
  public record Slot(Parameter parameter, long offset) {}

  private final Expr flat;
  private final DType compute;
  private final Map<String, Slot> slots = new LinkedHashMap<>();
  private final Map<String, Expr> leaves = new LinkedHashMap<>();
  private long length;

  /**
   * Makes a source of slices of {@code flat}.
   *
   * @param flat F32 of one dimension
   * @param compute the type the model computes in; gradients arrive in F32 all the same
   */
  public FlatParameters(Expr flat, DType compute) {
    this.flat = flat;
    this.compute = compute;
  }

  @Override
  public Expr weight(Graph graph, Parameter parameter) {
    return leaf(parameter).to(compute);
  }

  /** The weight itself, in F32. */
  public Expr leaf(Parameter parameter) {
    return leaves.computeIfAbsent(
        parameter.name(),
        name -> {
          long[] sizes = parameter.shape().sizes();
          long elements = parameter.shape().elements();
          slots.put(name, new Slot(parameter, length));
          Expr leaf = flat.slice(0, length, length + elements).reshape(sizes).trainable();
          length += elements;
          return leaf;
        });
  }

  /** Elements that the buffer must have. */
  public long length() {
    return length;
  }

  /** All weights in the order they lie. */
  public List<Slot> slots() {
    return List.copyOf(slots.values());
  }

  /** The gradient of {@code loss} with respect to all weights, laid out like the buffer. */
  public Expr gradient(Expr loss) {
    List<Expr> gradients = flat.graph().gradients(loss, new ArrayList<>(leaves.values()));
    return Shaping.cat(gradients.stream().map(g -> g.reshape(-1)).toList(), 0);
  }
}

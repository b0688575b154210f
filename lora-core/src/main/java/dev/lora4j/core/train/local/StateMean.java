package dev.lora4j.core.train.local;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatLayout.Slot;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.TrainingState;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The mean of states that the parts of a round have come to: of weights so that the changes of
 * layers are averaged, of all else number by number. Counts of steps are rounded.
 */
public final class StateMean implements AutoCloseable {
  /**
   * Two weights whose product is the change of a layer.
   *
   * @param down name of the weight [rank, rest]
   * @param up name of the weight [out, rank]
   */
  public record Factors(String down, String up) {}

  /**
   * Result of a part.
   *
   * @param contents of its state, see {@link TrainingState#contents}
   * @param share of it in the mean; those of all parts add up to 1
   */
  public record Part(Map<String, HostTensor> contents, double share) {}

  private final FlatLayout layout;
  private final List<Factors> products;
  private final OuterStep outer;
  private final ProductMean factors;
  private double[] velocity;

  /**
   * Compiles what it needs.
   *
   * @param layout of the weights
   * @param products all weights that are not in one are averaged number by number
   */
  public StateMean(Scope scope, FlatLayout layout, List<Factors> products, OuterStep outer) {
    this.layout = layout;
    this.products = List.copyOf(products);
    this.outer = outer;
    factors = new ProductMean(scope);
    velocity = new double[outer.remembers() ? Math.toIntExact(layout.length()) : 0];
  }

  /**
   * The contents of the state after a round. The result of one part alone, taken as it is, has its
   * bits.
   *
   * @param before weights before the round, [n]
   * @param parts in a fixed order, on which the last bits depend
   */
  public Map<String, HostTensor> of(HostTensor before, List<Part> parts) {
    Map<String, HostTensor> first = parts.get(0).contents();
    if (parts.size() == 1 && outer.equals(OuterStep.AVERAGE)) {
      return first;
    }
    Map<String, HostTensor> all = new LinkedHashMap<>();
    HostTensor weights = tensor(first, TrainingState.WEIGHTS);
    first.forEach(
        (name, one) ->
            all.put(name, name.equals(TrainingState.WEIGHTS) ? one : mean(name, one, parts)));
    double[] values = mean(TrainingState.WEIGHTS, parts);
    if (parts.size() > 1) {
      List<double[]> own =
          parts.stream().map(p -> tensor(p.contents(), TrainingState.WEIGHTS).doubles()).toList();
      double[] shares = parts.stream().mapToDouble(Part::share).toArray();
      products.forEach(pair -> average(pair, own, shares, values));
    }
    outer.take(before.doubles(), values, velocity);
    all.put(TrainingState.WEIGHTS, HostTensor.of(weights.dtype(), weights.shape(), values));
    return all;
  }

  private static HostTensor mean(String name, HostTensor like, List<Part> parts) {
    if (parts.size() == 1) {
      return like;
    }
    double[] values = mean(name, parts);
    if (name.equals(TrainingState.STEPS)) {
      values[0] = Math.rint(values[0]);
    }
    return HostTensor.of(like.dtype(), like.shape(), values);
  }

  private static double[] mean(String name, List<Part> parts) {
    if (parts.size() == 1) {
      return tensor(parts.get(0).contents(), name).doubles();
    }
    double[] sum = new double[0];
    for (Part part : parts) {
      double[] own = tensor(part.contents(), name).doubles();
      sum = sum.length == 0 ? new double[own.length] : sum;
      for (int i = 0; i < own.length; i++) {
        sum[i] += part.share() * own[i];
      }
    }
    return sum;
  }

  private static HostTensor tensor(Map<String, HostTensor> contents, String name) {
    return Objects.requireNonNull(contents.get(name), name);
  }

  private void average(Factors names, List<double[]> own, double[] shares, double[] values) {
    Slot down = slot(names.down());
    Slot up = slot(names.up());
    int rank = Math.toIntExact(down.parameter().shape().size(0));
    List<ProductMean.Pair> pairs =
        own.stream()
            .map(all -> new ProductMean.Pair(matrix(all, down, rank), columns(all, up, rank)))
            .toList();
    ProductMean.Pair mean = factors.of(pairs, shares);
    put(mean.down(), down, values);
    put(mean.up(), up, values);
  }

  private static void put(HostTensor from, Slot slot, double[] values) {
    double[] all = from.doubles();
    System.arraycopy(all, 0, values, Math.toIntExact(slot.offset()), all.length);
  }

  private Slot slot(String name) {
    return layout
        .slot(name)
        .orElseThrow(() -> new IllegalArgumentException("No weight '" + name + "' is trained."));
  }

  private static HostTensor matrix(double[] all, Slot slot, long rows) {
    int from = Math.toIntExact(slot.offset());
    long count = slot.parameter().shape().elements();
    double[] own = Arrays.copyOfRange(all, from, Math.toIntExact(from + count));
    return HostTensor.of(DType.F64, Shape.of(rows, count / rows), own);
  }

  private static HostTensor columns(double[] all, Slot slot, long rank) {
    return matrix(all, slot, slot.parameter().shape().elements() / rank);
  }

  /** Velocity of the outer step, [n] in F64; [0] if it has no momentum. */
  public HostTensor velocity() {
    return HostTensor.of(DType.F64, Shape.of(velocity.length), velocity);
  }

  /**
   * Goes back to what {@link #velocity} was.
   *
   * @throws IllegalArgumentException if it is of other weights
   */
  public void velocity(HostTensor then) {
    double[] values = then.doubles();
    if (values.length != velocity.length) {
      throw new IllegalArgumentException(
          "The outer step remembers "
              + values.length
              + " numbers, but there are "
              + velocity.length
              + "; they belong to another adapter.");
    }
    velocity = values.clone();
  }

  @Override
  public void close() {
    factors.close();
  }
}

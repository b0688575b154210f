package dev.lora4j.core.train.calibration;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.nn.SiteLayer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.train.run.Staging;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Staged update of the directions in which inputs of layers vary most, by the rows of a batch:
 * incremental principal components (Ross et al. 2008) as scikit-learn and PEFT compute them, by the
 * products of their rows and a randomised decomposition (Halko et al. 2011). In F64: the mean is
 * taken away from numbers that may lie far from 0.
 */
final class InputDirections implements LayerAdapters {
  /**
   * Names of the statistics of an input, in the order of a program's outputs for it.
   *
   * <p>{@code directions} [n, in] are orthonormal rows, {@code values} [n] singular values, {@code
   * mean} [in] that of the rows, {@code seen} their number, {@code total} the sum of squares of
   * their distances from the mean.
   */
  static final List<String> STATE = List.of("directions", "values", "mean", "seen", "total");

  /** Outputs for an input: its state, and a report. */
  static final int OUTPUTS = STATE.size() + 1;

  private static final int POWERS = 4;

  /** Columns beyond twice the directions, without which few of them would be found badly. */
  private static final long SPARE = 8;

  private final Staging at;

  /** The number of directions of each input, by the name of the layer that stands for it. */
  private final Map<String, Integer> counts;

  private final Map<String, List<Expr>> outputs = new LinkedHashMap<>();
  private final Map<String, Expr> random = new LinkedHashMap<>();

  InputDirections(Staging at, Map<String, Integer> counts) {
    this.at = at;
    this.counts = counts;
  }

  /** The layers that stand for inputs, in the order of {@link #outputs}. */
  List<String> names() {
    return List.copyOf(outputs.keySet());
  }

  /**
   * For each input its {@link #STATE} after the batch, then a report, F64 [2 n + 2]: cosines of the
   * directions with those before, shares of all variation that they explain, the number of rows,
   * and 1 if they were finite, else 0.
   */
  List<Expr> outputs() {
    List<Expr> all = new ArrayList<>();
    outputs.values().forEach(all::addAll);
    return all;
  }

  /** Name of a held input of the program. */
  static String held(String layer, String state) {
    return "calibration." + state + "." + layer;
  }

  /** Name of the held random directions of inputs of a width. */
  static String random(long width, long columns) {
    return "calibration.random." + width + "." + columns;
  }

  /** Columns of the random directions. */
  static long columns(long width, int directions) {
    return Math.min(2L * directions + SPARE, width);
  }

  @Override
  public Expr around(SiteLayer layer, Expr x) {
    String name = layer.site().name();
    Integer count = counts.get(name);
    if (count != null && !outputs.containsKey(name)) {
      outputs.put(
          name, updated(at.graph(), name, LayerInputs.rows(at, x, layer.site().in()), count));
    }
    return layer.output(x);
  }

  private List<Expr> updated(Graph graph, String name, Expr asTheyAre, int n) {
    long width = asTheyAre.shape().size(1);
    Expr finite = asTheyAre.isFinite();
    // A decomposition of what is not finite would end the program without a word of the layer.
    Expr rows = asTheyAre.to(DType.F64).maskedFill(finite.not(), 0);
    Expr before = graph.held(held(name, "directions"), DType.F64, Shape.of(n, width));
    Expr values = graph.held(held(name, "values"), DType.F64, Shape.of(n));
    Expr mean = graph.held(held(name, "mean"), DType.F64, Shape.of(width));
    Expr seen = graph.held(held(name, "seen"), DType.F64, Shape.of());
    Expr total = graph.held(held(name, "total"), DType.F64, Shape.of());
    Expr first = rows.select(1, 0);
    Expr count = graph.call("ones_like", DType.F64, first.shape(), first).sum();
    Expr all = seen.add(count).clampMin(1);
    Expr sum = rows.sum(0).reshape(width);
    Expr own = sum.div(count.clampMin(1));
    Expr centred = rows.sub(own);
    Expr apart = mean.sub(own);
    Expr weight = seen.mul(count).div(all);
    Expr weighted = before.mul(values.reshape(n, 1));
    Expr turn = apart.mul(weight.sqrt()).reshape(1, width);
    // Products of rows with rows: F64 has the squares of all that F32 can tell apart.
    Expr products = product(weighted).add(product(centred)).add(product(turn));
    Expr spread = total.add(centred.pow(2).sum()).add(weight.mul(apart.pow(2).sum()));
    Expr basis = basis(products, width, n);
    LinalgOps.Eigen leading = basis.transpose(0, 1).matmul(products.matmul(basis)).eigh();
    Expr found = basis.matmul(leading.vectors()).transpose(0, 1).flip(0).slice(0, 0, n);
    Expr size = leading.values().flip(0).slice(0, 0, n).clampMin(0).sqrt();
    // A direction points to the side of its greatest element.
    Expr greatest = found.gather(1, found.abs().argmax(1).reshape(n, 1));
    Expr directions = found.mul(greatest.sign());
    Expr cosines = directions.mul(before).sum(1).reshape(n);
    Expr shares = size.pow(2).div(spread.clampMin(Double.MIN_NORMAL));
    Expr report =
        ShapeOps.cat(
            List.of(cosines, shares, count.reshape(1), finite.all().to(DType.F64).reshape(1)), 0);
    return List.of(
        directions.contiguous(),
        size.contiguous(),
        mean.mul(seen).add(sum).div(all),
        seen.add(count),
        spread,
        report);
  }

  private static Expr product(Expr rows) {
    return rows.transpose(0, 1).matmul(rows);
  }

  /** Orthonormal columns that span nearly what the leading directions of {@code products} span. */
  private Expr basis(Expr products, long width, int n) {
    long columns = columns(width, n);
    Expr start =
        random.computeIfAbsent(
            random(width, columns),
            held -> at.graph().held(held, DType.F64, Shape.of(width, columns)));
    Expr basis = start.qr().q();
    for (int i = 0; i < POWERS; i++) {
      basis = products.matmul(basis).qr().q();
    }
    return basis;
  }
}

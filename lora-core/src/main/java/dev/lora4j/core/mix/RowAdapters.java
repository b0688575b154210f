package dev.lora4j.core.mix;

import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;

/**
 * Adapters in a program whose rows each have their own, beside linear layers. Every row goes
 * through its own factors alone, which are held by {@link RowFactors}; what it takes does not grow
 * with the number of adapters in the batch.
 *
 * <p>The program serves any adapters, weights, ranks and rows.
 */
public final class RowAdapters {
  /**
   * Held input [slots, rank, numbers]: for each direction of a slot down and up of the first site,
   * then those of the next.
   */
  static final String FACTORS = "row adapters:factors";

  /** Held input F32 [slots, sites, rank]: the scale of each direction. */
  static final String SCALES = "row adapters:scales";

  /** Input I64 [n]: its size is the slot of the first row. */
  static final String BEFORE = "row adapters:before";

  private final List<String> sites;
  private final long[] sizes;
  private final DType type;

  /**
   * Adapters at these sites.
   *
   * @param sites linear layers in the order of {@link RowFactors#sites}
   * @param type of the factors, in which is computed
   */
  public RowAdapters(List<Site> sites, DType type) {
    this.type = type;
    this.sites = sites.stream().map(Site::name).toList();
    this.sizes = sites.stream().flatMapToLong(s -> LongStream.of(s.in(), s.out())).toArray();
  }

  /** Declares the inputs, and adds each row's factors to each site's output. */
  public SiteAdapters declare(Graph graph) {
    long any = Shape.UNKNOWN;
    long numbers = LongStream.of(sizes).sum();
    Expr factors = graph.held(FACTORS, type, Shape.of(any, any, numbers));
    Expr scales = graph.held(SCALES, DType.F32, Shape.of(any, sites.size(), any));
    Dim before = graph.input(BEFORE, DType.I64, Shape.of(any)).dim(0);
    List<Expr> pairs = new ArrayList<>();
    List<Expr> counts = new ArrayList<>();
    return (site, x, y) -> {
      int at = sites.indexOf(site.name());
      if (at < 0) {
        return y;
      }
      if (pairs.isEmpty()) {
        // At once for all sites, where the number of rows is seen first.
        Dim rows = x.dim(0);
        pairs.addAll(factors.narrow(0, before, rows).split(2, sizes));
        long[] ones = new long[sites.size()];
        Arrays.fill(ones, 1);
        counts.addAll(scales.narrow(0, before, rows).to(type).split(1, ones));
      }
      return added(x, y, pairs.get(2 * at), pairs.get(2 * at + 1), counts.get(at));
    };
  }

  /**
   * Adds the change of one site.
   *
   * @param x [rows, tokens, in], or [rows, in] where the next token comes of single vectors
   * @param down [rows, rank, in]
   * @param up [rows, rank, out]
   * @param counts [rows, 1, rank]
   */
  private static Expr added(Expr x, Expr y, Expr down, Expr up, Expr counts) {
    if (x.shape().rank() == 2) {
      return added(x.unsqueeze(1), y.unsqueeze(1), down, up, counts).squeeze(1);
    }
    Graph graph = x.graph();
    Shape inner = x.shape().with(2, Shape.UNKNOWN);
    Expr seen = graph.call("bmm", x.dtype(), inner, x, down.to(x.dtype()).transpose(1, 2));
    Expr counted = seen.mul(counts.to(x.dtype()));
    return graph.call("baddbmm", y.dtype(), y.shape(), y, counted, up.to(x.dtype()));
  }
}

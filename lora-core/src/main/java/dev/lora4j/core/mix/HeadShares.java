package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.RoutedMethod;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Shares of the stacked directions of one site in a program, where parts of {@link RoutedMethod}
 * are among them. Each part has a router, of as many rows as the one with the most heads; a row
 * without a head has no share. Directions of other methods belong to a router of one head, whose
 * share is exactly 1.
 *
 * @param routers [routers * heads, in]
 * @param absent F32 [routers, heads]: 0, or minus infinity where a router has no such head
 * @param places I64 [rank]: the row of the routers that each direction belongs to
 */
record HeadShares(Expr routers, Expr absent, Expr places) {
  private static final String ROUTERS = "routers";
  private static final String ABSENT = "absent";
  private static final String PLACES = "places";

  /** Declares the held inputs of one site. */
  static HeadShares of(Graph graph, Site site, DType type, DType compute) {
    long any = Shape.UNKNOWN;
    String name = site.name();
    return new HeadShares(
        graph
            .held(UnmergedAdapters.input(name, ROUTERS), type, Shape.of(any, site.in()))
            .to(compute),
        graph.held(UnmergedAdapters.input(name, ABSENT), DType.F32, Shape.of(any, any)),
        graph.held(UnmergedAdapters.input(name, PLACES), DType.I64, Shape.of(any)));
  }

  /**
   * The share of each direction for an input, [batch, ..., rank], in x's type. The softmax is never
   * in half precision.
   *
   * @param x [batch, ..., in]
   */
  Expr of(Expr x) {
    DType precise = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
    int last = x.shape().rank() - 1;
    List<Dim> outer = new ArrayList<>();
    for (int d = 0; d < last; d++) {
      outer.add(x.dim(d));
    }
    List<Dim> grouped = new ArrayList<>(outer);
    grouped.addAll(List.of(absent.dim(0), absent.dim(1)));
    List<Dim> flat = new ArrayList<>(outer);
    flat.add(Dim.of(-1));
    Expr logits = x.linear(routers).to(precise).reshape(grouped.toArray(new Dim[0]));
    Expr shares = logits.add(absent.to(precise)).softmax(-1).to(x.dtype());
    return shares.reshape(flat.toArray(new Dim[0])).indexSelect(last, places);
  }

  /**
   * The held inputs of one site, owned by {@code scope}.
   *
   * @param ranks directions of each part
   * @param type of the routers
   */
  static Map<String, Tensor> tensors(
      Scope scope, Site site, List<Part> parts, int[] ranks, DType type) {
    int heads = 1;
    for (Part part : parts) {
      heads = Math.max(heads, heads(part));
    }
    int in = Math.toIntExact(site.in());
    float[] routers = new float[parts.size() * heads * in];
    float[] absent = new float[parts.size() * heads];
    Arrays.fill(absent, Float.NEGATIVE_INFINITY);
    long[] places = new long[Arrays.stream(ranks).sum()];
    int at = 0;
    for (int i = 0; i < ranks.length; i++) {
      Part part = parts.get(i);
      int own = heads(part);
      Arrays.fill(absent, i * heads, i * heads + own, 0);
      if (part.method() instanceof RoutedMethod method) {
        double[] rows = method.router(part.factors()).doubles();
        for (int j = 0; j < rows.length; j++) {
          routers[i * heads * in + j] = (float) rows[j];
        }
      }
      for (int k = 0; k < ranks[i]; k++) {
        places[at++] = (long) i * heads + k / (ranks[i] / own);
      }
    }
    try (Scope work = scope.child("routers")) {
      Tensor whole = Tensor.of(work, Shape.of((long) parts.size() * heads, in), routers);
      Map<String, Tensor> inputs = new HashMap<>();
      inputs.put(
          UnmergedAdapters.input(site.name(), ROUTERS),
          type == DType.F32 ? whole.moveTo(scope) : whole.to(scope, type));
      inputs.put(
          UnmergedAdapters.input(site.name(), ABSENT),
          Tensor.of(scope, Shape.of(parts.size(), heads), absent));
      inputs.put(
          UnmergedAdapters.input(site.name(), PLACES),
          Tensor.ofLongs(scope, Shape.of(places.length), places));
      return inputs;
    }
  }

  private static int heads(Part part) {
    return part.method() instanceof RoutedMethod method
        ? method.heads(part.factors().structure())
        : 1;
  }
}

package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;

/** Stages attention. */
final class StagedAttention {
  private static final String OPERATOR = "attend";

  private StagedAttention() {}

  static Expr of(Expr q, Expr keys, Expr values, Attention settings) {
    Shape a = q.shape();
    Shape b = keys.shape();
    Shape c = values.shape();
    Mismatch.require(
        a.rank() == 4
            && b.rank() == 4
            && c.rank() == 4
            && q.dtype().floating()
            && q.dtype() == keys.dtype()
            && q.dtype() == values.dtype(),
        OPERATOR,
        "queries, keys and values [batch, heads, tokens, width] of one floating-point type",
        q,
        keys,
        values);
    Mismatch.require(
        Sizes.agree(a.size(0), b.size(0))
            && Sizes.agree(a.size(0), c.size(0))
            && Sizes.agree(b.size(0), c.size(0))
            && Sizes.agree(a.size(3), b.size(3))
            && Sizes.agree(b.size(1), c.size(1))
            && Sizes.agree(b.size(2), c.size(2)),
        OPERATOR,
        "one batch, queries and keys of one width, and as many keys as values",
        q,
        keys,
        values);
    settings.mask().ifPresent(mask -> checkMask(mask, q, keys));
    long heads = a.size(1);
    long fewer = Sizes.common(b.size(1), c.size(1));
    boolean known = heads != Shape.UNKNOWN && fewer != Shape.UNKNOWN;
    Mismatch.require(
        !known || (fewer > 0 && heads % fewer == 0),
        OPERATOR,
        "heads of the queries that divide by the heads of keys and values",
        q,
        keys,
        values);
    if (settings.cap().isPresent()) {
      return CappedAttention.of(q, keys, values, settings);
    }
    boolean grouped = known && heads != fewer;
    List<Object> arguments = new ArrayList<>();
    arguments.add(q);
    // libtorch's fused kernels for CPUs take no grouped heads; without them all scores are in
    // memory at once, which is far more than the repeated keys.
    arguments.add(grouped ? repeated(keys, heads, fewer) : keys);
    arguments.add(grouped ? repeated(values, heads, fewer) : values);
    boolean both = settings.causal() && settings.mask().isPresent();
    Object mask = Keyword.NONE;
    if (settings.mask().isPresent()) {
      Expr given = settings.mask().get();
      mask = fused(both ? causal(given, q, keys) : given);
    }
    arguments.add(mask);
    arguments.add(0.0);
    arguments.add(settings.causal() && !both);
    if (settings.scale().isPresent()) {
      arguments.add(Keyword.of("scale", settings.scale().getAsDouble()));
    }
    if (!known) {
      arguments.add(Keyword.of("enable_gqa", true));
    }
    long batch = Sizes.common(a.size(0), Sizes.common(b.size(0), c.size(0)));
    Shape result = a.with(0, batch).with(3, c.size(3));
    return q.graph().call("scaled_dot_product_attention", q.dtype(), result, arguments.toArray());
  }

  /** Heads repeated for the query heads that share them. */
  private static Expr repeated(Expr x, long heads, long fewer) {
    Shape shape = x.shape().with(1, heads);
    return x.graph().call("repeat_interleave", x.dtype(), shape, x, heads / fewer, 1);
  }

  /** The mask with the two or four dimensions that fused kernels take. */
  private static Expr fused(Expr mask) {
    int rank = mask.shape().rank();
    return rank == 2 || rank == 4 ? mask : fused(mask.unsqueeze(0));
  }

  private static void checkMask(Expr mask, Expr q, Expr keys) {
    Mismatch.require(
        (mask.dtype() == DType.BOOL || mask.dtype() == q.dtype()) && mask.shape().rank() <= 4,
        OPERATOR,
        "a mask of BOOL or of the type of the queries, with at most 4 dimensions",
        mask,
        q);
    Shape scores = q.shape().with(3, keys.shape().size(2));
    boolean fits = true;
    for (int d = 1; d <= mask.shape().rank(); d++) {
      long size = mask.shape().size(-d);
      fits = fits && (size == 1 || Sizes.agree(size, scores.size(-d)));
    }
    if (!fits) {
      throw Mismatch.of(
          OPERATOR, mask, "a mask that broadcasts to " + scores, mask.shape().toString());
    }
  }

  /** The mask, and nothing above the diagonal. */
  private static Expr causal(Expr mask, Expr q, Expr keys) {
    Graph graph = q.graph();
    Expr allowed = earlier(q, keys);
    Shape shape = Broadcast.of(OPERATOR, mask, allowed);
    if (mask.dtype() == DType.BOOL) {
      return graph.call("logical_and", DType.BOOL, shape, mask, allowed);
    }
    // Numbers of a program are finite; libtorch makes the infinity out of text.
    Object infinity = new ProgramText.Verbatim("float(\"-inf\")");
    Expr hidden = allowed.not();
    return graph.call("masked_fill", mask.dtype(), shape, mask, hidden, infinity);
  }

  /** True where the i-th key is none after the i-th token. */
  static Expr earlier(Expr q, Expr keys) {
    List<Dim> sizes = List.of(q.dim(2), keys.dim(2));
    Shape square = Shape.of(q.shape().size(2), keys.shape().size(2));
    Expr ones = q.graph().call("ones", DType.BOOL, square, sizes, Keyword.of("dtype", DType.BOOL));
    return q.graph().call("tril", DType.BOOL, square, ones);
  }
}

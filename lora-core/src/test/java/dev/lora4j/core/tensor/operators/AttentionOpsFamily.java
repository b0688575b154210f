package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Attention;
import dev.lora4j.core.tensor.AttentionOps;
import dev.lora4j.core.tensor.Expr;
import java.util.List;
import java.util.function.Function;

/** Attention. */
final class AttentionOpsFamily implements OperatorFamily {
  private static final String PLAIN = "attend(Expr, Expr)";
  private static final String CAUSAL = "attend(Expr, Expr, boolean)";
  private static final String SETTINGS = "attend(Expr, Expr, Attention)";

  @Override
  public Class<?> operators() {
    return AttentionOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(PLAIN, g -> attend(g, 2, 2, h -> Attention.PLAIN)),
        Row.of(PLAIN, g -> attend(g, 4, g.oneOf(1, 2), h -> Attention.PLAIN)),
        Row.of(
            CAUSAL,
            g -> g.reals(2, 1, 3, 2).attend(g.reals(2, 1, 3, 2), g.reals(2, 1, 3, 2), g.flag())),
        Row.of(SETTINGS, g -> attend(g, 1, 1, h -> Attention.PLAIN.scaled(h.number(0.2, 1)))),
        Row.of(SETTINGS, g -> attend(g, 2, 1, h -> Attention.CAUSAL.scaled(1))),
        Row.of(SETTINGS, g -> attend(g, 2, 1, h -> Attention.PLAIN.masked(added(h)))),
        Row.of(SETTINGS, g -> attend(g, 2, 2, h -> Attention.CAUSAL.masked(added(h)))),
        Row.of(SETTINGS, g -> attend(g, 2, 2, h -> Attention.PLAIN.masked(allowed(h)))),
        Row.of(SETTINGS, g -> attend(g, 2, 1, h -> Attention.CAUSAL.masked(allowed(h)))),
        Row.of(SETTINGS, g -> attend(g, 4, 2, h -> Attention.CAUSAL.capped(h.number(0.5, 3)))),
        Row.of(SETTINGS, g -> attend(g, 2, 1, h -> Attention.PLAIN.capped(2).masked(allowed(h)))),
        Row.of(
            SETTINGS,
            g -> attend(g, 2, 2, h -> Attention.CAUSAL.capped(2).scaled(0.7).masked(added(h)))));
  }

  /** Two tokens see three keys. */
  private static Expr attend(
      Operands g, int heads, int fewer, Function<Operands, Attention> settings) {
    long batch = g.size(1, 2);
    int width = g.size(1, 3);
    return g.reals(batch, heads, 2, width)
        .attend(
            g.reals(batch, fewer, 3, width),
            g.reals(batch, fewer, 3, g.size(1, 2)),
            settings.apply(g));
  }

  private static Expr added(Operands g) {
    return switch (g.size(0, 2)) {
      case 0 -> g.reals(2, 3);
      case 1 -> g.reals(1, 1, 1, 3);
      default -> g.reals(1, 2, 2, 3);
    };
  }

  /** Some tokens may see no key at all. */
  private static Expr allowed(Operands g) {
    return switch (g.size(0, 2)) {
      case 0 -> g.flags(2, 3);
      case 1 -> g.flags(3);
      default -> g.flags(2, 1, 3);
    };
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        golden(PLAIN, "attend", Attention.PLAIN),
        Golden.of(
            CAUSAL,
            "attend_causal",
            in -> in.apply("q").attend(in.apply("k"), in.apply("v"), true)),
        golden(PLAIN, "attend_grouped", Attention.PLAIN),
        golden(PLAIN, "attend_one_key_head", Attention.PLAIN),
        golden(SETTINGS, "attend_causal_uneven", Attention.CAUSAL),
        golden(SETTINGS, "attend_scaled", Attention.PLAIN.scaled(1)),
        masked("attend_allowed", Attention.PLAIN),
        masked("attend_nothing_allowed", Attention.PLAIN),
        masked("attend_nothing_allowed_causal", Attention.CAUSAL),
        masked("attend_added", Attention.PLAIN),
        masked("attend_added_rank3", Attention.PLAIN),
        masked("attend_key_padding", Attention.PLAIN),
        masked("attend_allowed_causal_grouped", Attention.CAUSAL),
        masked("attend_added_causal", Attention.CAUSAL.scaled(0.3)),
        golden(SETTINGS, "attend_capped", Attention.CAUSAL.capped(0.5)),
        masked("attend_capped_added", Attention.PLAIN.scaled(2).capped(0.5)),
        masked("attend_capped_nothing_allowed", Attention.CAUSAL.capped(3)),
        Golden.of(
                SETTINGS,
                "attend_bf16",
                in ->
                    in.apply("q").attend(in.apply("k"), in.apply("v"), Attention.CAUSAL.scaled(2)))
            .within(2e-2));
  }

  private static Golden golden(String method, String name, Attention settings) {
    return Golden.of(
        method, name, in -> in.apply("q").attend(in.apply("k"), in.apply("v"), settings));
  }

  private static Golden masked(String name, Attention settings) {
    return Golden.of(
        SETTINGS,
        name,
        in ->
            in.apply("q").attend(in.apply("k"), in.apply("v"), settings.masked(in.apply("mask"))));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            PLAIN,
            g -> g.reals(2, 3, 4).attend(g.reals(2, 3, 4), g.reals(2, 3, 4)),
            "[batch, heads, tokens, width]",
            "F64 [2, 3, 4]"),
        new Refusal(
            PLAIN,
            g -> g.reals(1, 4, 3, 2).attend(g.reals(1, 3, 3, 2), g.reals(1, 3, 3, 2)),
            "heads of the queries that divide by the heads of keys and values",
            "F64 [1, 4, 3, 2] and F64 [1, 3, 3, 2]"),
        new Refusal(
            PLAIN,
            g -> g.reals(1, 2, 3, 2).attend(g.reals(1, 2, 3, 4), g.reals(1, 2, 3, 4)),
            "queries and keys of one width",
            "F64 [1, 2, 3, 2] and F64 [1, 2, 3, 4]"),
        new Refusal(
            PLAIN,
            g -> g.reals(1, 2, 3, 2).attend(g.reals(1, 2, 5, 2), g.reals(1, 2, 4, 2)),
            "as many keys as values",
            "F64 [1, 2, 5, 2] and F64 [1, 2, 4, 2]"),
        new Refusal(
            PLAIN,
            g -> g.reals(1, 2, 3, 2).attend(g.reals(2, 2, 3, 2), g.reals(2, 2, 3, 2)),
            "one batch",
            "F64 [1, 2, 3, 2] and F64 [2, 2, 3, 2]"),
        new Refusal(
            SETTINGS,
            g ->
                g.reals(1, 2, 3, 2)
                    .attend(
                        g.reals(1, 2, 5, 2),
                        g.reals(1, 2, 5, 2),
                        Attention.PLAIN.masked(g.flags(5, 3))),
            "a mask that broadcasts to [1, 2, 3, 5]",
            "[5, 3]"),
        new Refusal(
            SETTINGS,
            g ->
                g.reals(1, 2, 3, 2)
                    .attend(
                        g.reals(1, 2, 5, 2),
                        g.reals(1, 2, 5, 2),
                        Attention.PLAIN.masked(g.indices(2, 3, 5))),
            "a mask of BOOL or of the type of the queries",
            "I64 [3, 5]"));
  }
}

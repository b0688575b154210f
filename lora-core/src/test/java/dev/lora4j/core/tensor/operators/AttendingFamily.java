package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Attending;
import java.util.List;

/** Attention. */
final class AttendingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Attending.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "attend(Expr, Expr)",
            g -> g.reals(1, 2, g.size(1, 3), 2).attend(g.reals(1, 2, 3, 2), g.reals(1, 2, 3, 3))),
        Row.of(
            "attend(Expr, Expr, boolean)",
            g -> g.reals(2, 1, 3, 2).attend(g.reals(2, 1, 3, 2), g.reals(2, 1, 3, 2), g.flag())));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "attend(Expr, Expr)",
            "attend",
            in -> in.apply("q").attend(in.apply("k"), in.apply("v"))),
        Golden.of(
            "attend(Expr, Expr, boolean)",
            "attend_causal",
            in -> in.apply("q").attend(in.apply("k"), in.apply("v"), true)));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "attend(Expr, Expr)",
            g -> g.reals(2, 3, 4).attend(g.reals(2, 3, 4), g.reals(2, 3, 4)),
            "[batch, heads, tokens, width]",
            "F64 [2, 3, 4]"));
  }
}

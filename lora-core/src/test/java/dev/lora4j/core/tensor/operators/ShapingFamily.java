package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Shaping;
import java.util.ArrayList;
import java.util.List;

/** Operators that move elements. */
final class ShapingFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return Shaping.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "reshape(Dim[])",
            g -> {
              Expr x = g.reals(2, g.size(1, 3), 3);
              return g.flag()
                  ? x.reshape(x.dim(0), Dim.of(-1))
                  : x.reshape(x.dim(2), x.dim(1), x.dim(0));
            }),
        Row.of("reshape(long[])", g -> g.reals(2, g.size(1, 3), 3).reshape(3, -1)),
        Row.of("permute(int[])", g -> g.reals(2, 3, g.size(1, 3)).permute(2, 0, 1)),
        Row.of(
            "transpose(int, int)",
            g -> g.reals(g.sizes(3, 3)).transpose(g.dimension(3), g.dimension(3))),
        Row.of("unsqueeze(int)", g -> g.reals(g.sizes(2, 2)).unsqueeze(g.dimension(3))),
        Row.of(
            "slice(int, long, long)",
            g -> {
              int begin = g.size(0, 3);
              return g.reals(2, 4, 3).slice(g.oneOf(1, -2), begin, g.size(begin + 1, 4));
            }),
        Row.several(
            "chunk(int, int)",
            g -> g.showing(-1).reals(2, 2L * g.size(1, 2)).chunk(2, g.oneOf(1, -1))),
        Row.of(
            "cat(int, Expr[])",
            g -> {
              int d = g.dimension(2);
              return part(g, d).cat(d, part(g, d), part(g, d));
            }),
        Row.of(
            "cat(List, int)",
            g -> {
              int d = g.dimension(2);
              List<Expr> parts = new ArrayList<>();
              for (int i = g.size(1, 3); i > 0; i--) {
                parts.add(part(g, d));
              }
              return Shaping.cat(parts, d);
            }),
        Row.of("splitHeads(int)", g -> g.reals(g.size(1, 2), g.size(1, 3), 6).splitHeads(3)),
        Row.of("joinHeads()", g -> g.reals(g.sizes(4, 4)).joinHeads()));
  }

  /** A part of a tensor of two dimensions that is to be joined along {@code d}. */
  private static Expr part(Operands g, int d) {
    return d == 0 || d == -2 ? g.reals(g.size(1, 3), 2) : g.reals(2, g.size(1, 3));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of(
            "reshape(Dim[])",
            "reshape_dims",
            in -> {
              Expr x = in.apply("x").transpose(0, 2);
              return x.reshape(Dim.of(-1), x.dim(1));
            }),
        Golden.of("reshape(long[])", "reshape", in -> in.apply("x").reshape(5, -1, 1)),
        Golden.of("permute(int[])", "permute", in -> in.apply("x").permute(1, 2, 0)),
        Golden.of("transpose(int, int)", "transpose", in -> in.apply("x").transpose(-1, 0)),
        Golden.of("unsqueeze(int)", "unsqueeze", in -> in.apply("x").unsqueeze(-2)),
        Golden.of("slice(int, long, long)", "slice", in -> in.apply("x").slice(-1, 1, 4)),
        Golden.several("chunk(int, int)", "chunk", in -> in.apply("x").chunk(3, 1)),
        Golden.of(
            "cat(int, Expr[])", "cat", in -> in.apply("a").cat(1, in.apply("b"), in.apply("c"))),
        Golden.of(
            "cat(List, int)",
            "cat_list",
            in -> Shaping.cat(List.of(in.apply("a").transpose(0, 1), in.apply("b")), -1)),
        Golden.of("splitHeads(int)", "split_heads", in -> in.apply("x").splitHeads(2)),
        Golden.of("joinHeads()", "join_heads", in -> in.apply("x").joinHeads()));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "chunk(int, int)",
            g -> g.reals(2, 5).chunk(2, 1).get(0),
            "a size that divides by 2",
            "[2, 5]"),
        new Refusal(
            "cat(int, Expr[])",
            g -> g.reals(2, 3).cat(0, g.reals(2, 4)),
            "F64 [2, 3]",
            "F64 [2, 4]"),
        new Refusal(
            "cat(int, Expr[])",
            g -> g.reals(2, 3).cat(0, g.reals(2, 3).to(DType.F32)),
            "F64 [2, 3]",
            "F32 [2, 3]"),
        new Refusal(
            "slice(int, long, long)",
            g -> g.reals(2, 3).slice(1, 2, 4),
            "a range within dimension 1",
            "[2, 4) of 3"),
        new Refusal(
            "splitHeads(int)",
            g -> g.reals(2, 3, 5).splitHeads(2),
            "divides by 2",
            "F64 [2, 3, 5]"),
        new Refusal(
            "joinHeads()",
            g -> g.reals(2, 3, 5).joinHeads(),
            "[batch, heads, tokens, width]",
            "F64 [2, 3, 5]"));
  }
}

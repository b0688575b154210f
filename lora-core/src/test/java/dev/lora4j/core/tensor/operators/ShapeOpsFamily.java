package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/** Operators that arrange, repeat and join elements. */
final class ShapeOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return ShapeOps.class;
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
            "squeeze(int)",
            g -> {
              int d = g.size(0, 2);
              long[] sizes = {2, 3, 2};
              sizes[d] = 1;
              return g.reals(sizes).squeeze(g.flag() ? d : d - 3);
            }),
        Row.of(
            "flatten(int, int)",
            g -> {
              int first = g.size(0, 2);
              return g.reals(g.sizes(3, 3)).flatten(first, g.oneOf(-1, 2));
            }),
        Row.of(
            "moveDim(int, int)",
            g -> g.reals(g.sizes(3, 3)).moveDim(g.dimension(3), g.dimension(3))),
        Row.of(
            "expand(Dim[])",
            g -> {
              Expr x = g.reals(g.size(1, 3), 1);
              Expr y = g.given(2, g.size(1, 3));
              return x.expand(Dim.of(2), g.flag() ? x.dim(0) : Dim.of(-1), y.dim(1));
            }),
        Row.of("expand(long[])", g -> g.reals(2, 1).expand(g.oneOf(2, -1), g.size(1, 3))),
        Row.of("repeat(long[])", g -> g.reals(g.sizes(2, 2)).repeat(g.size(1, 3), g.size(1, 2))),
        Row.of(
            "repeatInterleave(long, int)",
            g -> g.reals(g.sizes(2, 2)).repeatInterleave(g.size(1, 3), g.dimension(2))),
        Row.of(
            "stack(int, Expr[])",
            g -> {
              long[] sizes = g.sizes(2, 2);
              return g.reals(sizes).stack(g.dimension(3), g.reals(sizes));
            }),
        Row.of(
            "stack(List, int)",
            g -> ShapeOps.stack(List.of(g.reals(2, 3), g.reals(2, 3)), g.dimension(3))),
        Row.of("contiguous()", g -> g.reals(g.sizes(2, 3)).contiguous()),
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
              return ShapeOps.cat(parts, d);
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
        Golden.of("squeeze(int)", "squeeze", in -> in.apply("x").squeeze(-2)),
        Golden.of(
            "flatten(int, int)", "flatten", in -> in.apply("x").transpose(0, 1).flatten(1, -1)),
        Golden.of("moveDim(int, int)", "move_dim", in -> in.apply("x").moveDim(0, -1)),
        Golden.of(
            "expand(Dim[])",
            "expand_dims",
            in -> in.apply("x").expand(Dim.of(2), Dim.of(-1), Dim.of(5))),
        Golden.of("expand(long[])", "expand", in -> in.apply("x").expand(2, 3, 5)),
        Golden.of("repeat(long[])", "repeat", in -> in.apply("x").repeat(2, 1, 3)),
        Golden.of(
            "repeatInterleave(long, int)",
            "repeat_interleave",
            in -> in.apply("x").repeatInterleave(3, 1)),
        Golden.of("stack(int, Expr[])", "stack", in -> in.apply("a").stack(-1, in.apply("b"))),
        Golden.of(
            "stack(List, int)",
            "stack_list",
            in -> ShapeOps.stack(List.of(in.apply("a").transpose(0, 1), in.apply("b")), 1)),
        Golden.of("contiguous()", "contiguous", in -> in.apply("x").transpose(0, 1).contiguous()),
        Golden.of(
            "cat(int, Expr[])", "cat", in -> in.apply("a").cat(1, in.apply("b"), in.apply("c"))),
        Golden.of(
            "cat(List, int)",
            "cat_list",
            in -> ShapeOps.cat(List.of(in.apply("a").transpose(0, 1), in.apply("b")), -1)),
        Golden.of("splitHeads(int)", "split_heads", in -> in.apply("x").splitHeads(2)),
        Golden.of("joinHeads()", "join_heads", in -> in.apply("x").joinHeads()));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "reshape(long[])",
            g -> g.reals(2, 3).reshape(4, -1),
            "as many elements as [4, ?]",
            "[2, 3]"),
        new Refusal(
            "reshape(long[])", g -> g.reals(2, 3).reshape(5), "as many elements as [5]", "[2, 3]"),
        new Refusal(
            "permute(int[])", g -> g.reals(2, 3).permute(0, 0), "each dimension once", "[0, 0]"),
        new Refusal(
            "transpose(int, int)",
            g -> g.reals(2, 3).transpose(0, 2),
            "a shape with dimension 2",
            "F64 [2, 3]"),
        new Refusal("unsqueeze(int)", g -> g.reals(2).unsqueeze(3), "a place from -2 to 1", "3"),
        new Refusal(
            "squeeze(int)", g -> g.reals(2, 3).squeeze(1), "size 1 in dimension 1", "[2, 3]"),
        new Refusal(
            "flatten(int, int)", g -> g.reals(2, 3).flatten(1, 0), "a first dimension", "1 and 0"),
        new Refusal(
            "expand(long[])",
            g -> g.reals(2, 3).expand(2, 4),
            "sizes that [2, 3] broadcasts to",
            "[2, 4]"),
        new Refusal(
            "expand(long[])",
            g -> g.reals(3).expand(-1, 3),
            "sizes that [3] broadcasts to",
            "[-1, 3]"),
        new Refusal(
            "repeat(long[])", g -> g.reals(2, 3).repeat(2), "a number of times for each", "[2]"),
        new Refusal(
            "stack(int, Expr[])",
            g -> g.reals(2, 3).stack(0, g.reals(2, 4)),
            "F64 [2, 3]",
            "F64 [2, 4]"),
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

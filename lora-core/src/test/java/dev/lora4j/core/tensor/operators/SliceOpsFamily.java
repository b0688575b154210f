package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.SliceOps;
import java.util.List;

/** Operators that take parts. */
final class SliceOpsFamily implements OperatorFamily {
  @Override
  public Class<?> operators() {
    return SliceOps.class;
  }

  @Override
  public List<Row> rows() {
    return List.of(
        Row.of(
            "slice(int, long, long)",
            g -> {
              int begin = g.size(0, 3);
              return g.reals(2, 4, 3).slice(g.oneOf(1, -2), begin, g.size(begin + 1, 4));
            }),
        Row.of(
            "slice(int, long, long, long)",
            g -> g.reals(2, 7).slice(g.oneOf(1, -1), g.size(0, 3), g.size(4, 7), g.size(1, 4))),
        Row.of(
            "slice(int, Dim, Dim)",
            g -> {
              Expr x = g.reals(2, g.size(3, 5));
              return x.slice(-1, x.dim(0), x.dim(1));
            }),
        Row.of(
            "narrow(int, Dim, Dim)",
            g -> {
              Expr x = g.reals(2, g.size(3, 5));
              return x.narrow(1, x.dim(1).plus(-2), Dim.of(g.size(1, 2)));
            }),
        Row.of("select(int, long)", g -> g.reals(2, 3).select(g.dimension(2), g.oneOf(1, -1))),
        Row.of(
            "select(int, Dim)",
            g -> {
              Expr x = g.reals(2, g.size(1, 3));
              return x.select(1, x.dim(1).plus(-1));
            }),
        Row.several(
            "chunk(int, int)",
            g -> g.showing(-1).reals(2, 2L * g.size(1, 2)).chunk(g.size(1, 2), g.oneOf(1, -1))),
        Row.several("split(int, long[])", g -> g.reals(2, 6).split(g.oneOf(1, -1), 1, 3, 2)),
        Row.several("split(int, long[])", g -> g.reals(2, 6).split(1, 6)),
        Row.several("unbind(int)", g -> g.showing(0).reals(g.size(1, 3), 2).unbind(0)),
        Row.of("flip(int[])", g -> g.reals(g.sizes(3, 3)).flip(g.dimension(3))),
        Row.of("flip(int[])", g -> g.reals(g.sizes(3, 3)).flip(-1, 0)),
        Row.of("roll(long, int)", g -> g.reals(3, 4).roll(g.size(-5, 5), g.dimension(2))),
        Row.of("tril(long)", g -> g.reals(2, 3, 4).tril(g.size(-1, 2))),
        Row.of("triu(long)", g -> g.reals(2, 3, 4).triu(g.size(-1, 2))),
        Row.of("diagonal()", g -> g.reals(2, g.size(1, 3), g.size(1, 3)).diagonal()),
        Row.of("diagonalMatrix()", g -> g.reals(g.sizes(1, 2)).diagonalMatrix()));
  }

  @Override
  public List<Golden> goldens() {
    return List.of(
        Golden.of("slice(int, long, long)", "slice", in -> in.apply("x").slice(-1, 1, 4)),
        Golden.of(
            "slice(int, long, long, long)", "slice_step", in -> in.apply("x").slice(-1, 1, 6, 2)),
        Golden.of(
            "slice(int, Dim, Dim)",
            "slice_dims",
            in -> {
              Expr x = in.apply("x");
              return x.slice(1, x.dim(0), x.dim(1).plus(-1));
            }),
        Golden.of(
            "narrow(int, Dim, Dim)", "narrow", in -> in.apply("x").narrow(1, Dim.of(3), Dim.of(2))),
        Golden.of("select(int, long)", "select", in -> in.apply("x").select(1, -2)),
        Golden.of("select(int, Dim)", "select_dim", in -> in.apply("x").select(0, Dim.of(1))),
        Golden.several("chunk(int, int)", "chunk", in -> in.apply("x").chunk(3, 1)),
        Golden.several("split(int, long[])", "split", in -> in.apply("x").split(-1, 2, 0, 5)),
        Golden.several("split(int, long[])", "split_one", in -> in.apply("x").split(-1, 7)),
        Golden.several("unbind(int)", "unbind", in -> in.apply("x").unbind(1)),
        Golden.of("flip(int[])", "flip", in -> in.apply("x").flip(0, -1)),
        Golden.of("roll(long, int)", "roll", in -> in.apply("x").roll(-4, 1)),
        Golden.of("tril(long)", "tril", in -> in.apply("x").tril(-1)),
        Golden.of("triu(long)", "triu", in -> in.apply("x").triu(1)),
        Golden.of("diagonal()", "diagonal", in -> in.apply("x").diagonal()),
        Golden.of("diagonalMatrix()", "diagonal_matrix", in -> in.apply("x").diagonalMatrix()));
  }

  @Override
  public List<Refusal> refusals() {
    return List.of(
        new Refusal(
            "slice(int, long, long)",
            g -> g.reals(2, 3).slice(1, 2, 4),
            "a range within dimension 1",
            "[2, 4) of 3"),
        new Refusal(
            "slice(int, long, long, long)",
            g -> g.reals(2, 3).slice(1, 0, 2, 0),
            "a step of 1 or more",
            "0"),
        new Refusal(
            "narrow(int, Dim, Dim)",
            g -> g.reals(2, 3).narrow(1, Dim.of(2), Dim.of(2)),
            "elements that are there",
            "[2, 4) of [2, 3]"),
        new Refusal(
            "select(int, long)", g -> g.reals(2, 3).select(1, 3), "an index from -3 to 2", "3"),
        new Refusal(
            "chunk(int, int)",
            g -> g.reals(2, 5).chunk(2, 1).get(0),
            "a size that divides by 2",
            "[2, 5]"),
        new Refusal(
            "split(int, long[])",
            g -> g.reals(2, 5).split(1, 2, 2).get(0),
            "sizes that add up to 5",
            "[2, 2]"),
        new Refusal(
            "flip(int[])",
            g -> g.reals(2, 5).flip(1, -1),
            "each dimension once",
            "[1, -1] of [2, 5]"),
        new Refusal("tril(long)", g -> g.reals(2).tril(0), "at least 2 dimensions", "F64 [2]"));
  }
}

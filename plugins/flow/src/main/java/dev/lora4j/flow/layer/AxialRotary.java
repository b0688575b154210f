package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Rotary positions along several axes (Su et al. 2021; Black Forest Labs' FLUX.1): a part of each
 * head turns by the position on each axis.
 *
 * @param widths numbers of a head for each axis, all even
 * @param base of the frequencies
 */
public record AxialRotary(List<Integer> widths, double base) {
  /** Number of axes of {@link #grid}. */
  public static final int AXES = 3;

  /** Copies the list. */
  public AxialRotary {
    widths = List.copyOf(widths);
  }

  /**
   * A rotation of tokens.
   *
   * @param cosines F32 [tokens, pairs], or [rows, 1, tokens, pairs] if rows differ
   * @param sines F32 of the same shape
   */
  public record Rotation(Expr cosines, Expr sines) {
    /** Rotation by angles of this shape, in F32 or wider. */
    public static Rotation by(Expr angles) {
      return new Rotation(angles.cos().to(DType.F32), angles.sin().to(DType.F32));
    }

    /** The same for each row of another, and that of its tokens behind them. */
    public Rotation followedBy(Rotation other) {
      return new Rotation(followed(cosines, other.cosines()), followed(sines, other.sines()));
    }

    private static Expr followed(Expr first, Expr second) {
      return first.expand(second.dim(0), first.dim(1), first.dim(2), first.dim(3)).cat(2, second);
    }

    /** Queries or keys turned in F32 or wider; x: [batch, heads, tokens, width of a head]. */
    public Expr of(Expr x) {
      DType wide = x.dtype() == DType.F64 ? DType.F64 : DType.F32;
      return x.to(wide).rotatePairs(cosines.to(wide), sines.to(wide)).to(x.dtype());
    }

    /** The same behind tokens that do not turn. */
    public Rotation behind(Dim words) {
      return new Rotation(
          still(words, cosines, 1).cat(0, cosines), still(words, sines, 0).cat(0, sines));
    }

    private static Expr still(Dim words, Expr like, double value) {
      Shape shape = like.shape().with(0, words.known());
      Keyword real = Keyword.of("dtype", like.dtype());
      return like.graph()
          .call("full", like.dtype(), shape, List.of(words, like.dim(1)), value, real);
    }
  }

  /**
   * Angles of tokens.
   *
   * @param positions on each axis, F64 of one shape [..., tokens], as the angles of far places make
   *     much of a rounding
   * @return F64 [..., tokens, pairs]
   */
  public Expr angles(List<Expr> positions) {
    List<Expr> parts = new ArrayList<>();
    for (int axis = 0; axis < widths.size(); axis++) {
      parts.add(turns(positions.get(axis), axis));
    }
    return ShapeOps.cat(parts, -1);
  }

  /**
   * Rotation of the places of a picture, row by row: the first of three axes is 0 everywhere, the
   * others are row and column. Words are at 0 on all of them, so that they do not turn.
   */
  public Rotation grid(Graph graph, Dim rows, Dim columns) {
    Expr none = turns(positions(graph, Dim.of(1)), 0).mul(0);
    Expr down = turns(positions(graph, rows), 1);
    Expr along = turns(positions(graph, columns), 2);
    Expr angles =
        ShapeOps.cat(
                List.of(
                    spread(none.unsqueeze(0), rows, columns),
                    spread(down.unsqueeze(1), rows, columns),
                    spread(along.unsqueeze(0), rows, columns)),
                -1)
            .flatten(0, 1);
    return Rotation.by(angles);
  }

  /** In F64, as the angles of far places make much of a rounding. */
  private static Expr positions(Graph graph, Dim count) {
    Keyword real = Keyword.of("dtype", DType.F64);
    return graph.call("arange", DType.F64, Shape.of(count.known()), count, real);
  }

  private Expr turns(Expr positions, int axis) {
    return positions.rotaryAngles(widths.get(axis), base);
  }

  private static Expr spread(Expr angles, Dim rows, Dim columns) {
    return angles.expand(rows, columns, angles.dim(-1));
  }
}

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
  /** Number of axes of a picture: pictures, rows and columns. */
  public static final int AXES = 3;

  private static final int PICTURES = 0;
  private static final int ROWS = 1;
  private static final int COLUMNS = 2;

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

    /** The same for several texts, one behind the other. */
    public Rotation repeated(Dim number) {
      return new Rotation(repeated(cosines, number), repeated(sines, number));
    }

    private static Expr repeated(Expr x, Dim number) {
      return x.unsqueeze(0).expand(number, x.dim(0), x.dim(1)).flatten(0, 1);
    }

    /** The rotation of these tokens and of others behind them. */
    public Rotation before(Rotation others) {
      return new Rotation(cosines.cat(0, others.cosines()), sines.cat(0, others.sines()));
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
   * Rotation of the places of a picture, row by row: the second axis has rows, the third columns,
   * and all others are 0. Words are at 0 on these, so that they do not turn by them.
   */
  public Rotation grid(Graph graph, Dim rows, Dim columns) {
    return grid(graph, rows, columns, 0);
  }

  /**
   * The same of one of several pictures.
   *
   * @param picture its position on the first axis
   */
  public Rotation grid(Graph graph, Dim rows, Dim columns, int picture) {
    List<Expr> parts = new ArrayList<>();
    for (int axis = 0; axis < widths.size(); axis++) {
      Expr angles =
          switch (axis) {
            case PICTURES -> at(graph, axis, picture).unsqueeze(0);
            case ROWS -> turns(positions(graph, rows), axis).unsqueeze(1);
            case COLUMNS -> turns(positions(graph, columns), axis).unsqueeze(0);
            default -> at(graph, axis, 0).unsqueeze(0);
          };
      parts.add(spread(angles, rows, columns));
    }
    return Rotation.by(ShapeOps.cat(parts, -1).flatten(0, 1));
  }

  /** Rotation of the words of a text, which count on the last axis and are at 0 on all others. */
  public Rotation line(Graph graph, Dim words) {
    List<Expr> parts = new ArrayList<>();
    int last = widths.size() - 1;
    for (int axis = 0; axis < last; axis++) {
      Expr none = at(graph, axis, 0);
      parts.add(none.expand(words, none.dim(-1)));
    }
    parts.add(turns(positions(graph, words), last));
    return Rotation.by(ShapeOps.cat(parts, -1));
  }

  private Expr at(Graph graph, int axis, int position) {
    return turns(positions(graph, Dim.of(1)).add(position), axis);
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

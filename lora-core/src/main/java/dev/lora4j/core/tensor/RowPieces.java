package dev.lora4j.core.tensor;

import dev.lora4j.core.tensor.ProgramText.Origin;
import java.util.Arrays;
import java.util.List;

/**
 * Values that a program makes some rows at a time, in a loop.
 *
 * <p>What an expression makes on its way is then as large as a piece: it stays in the processor's
 * cache, and its memory is that of the piece before. The loop is one of the program's own, so that
 * its text does not grow with the number of pieces.
 */
public final class RowPieces {
  /** Expression of a piece. */
  @FunctionalInterface
  public interface Body {
    /**
     * Stages some rows. Values that it takes from outside are not trained.
     *
     * @param number of the piece, from 0
     * @param rows how many rows it has
     * @return [rows, ...] in the type of the whole
     */
    Expr piece(Dim number, long rows);
  }

  private RowPieces() {}

  /**
   * Stages a value of known shape. Rows that are left over are a last, smaller piece.
   *
   * @param each rows of a piece
   */
  public static Expr stage(Graph graph, DType dtype, Shape shape, long each, Body body) {
    List<Dim> sizes = Arrays.stream(shape.sizes()).mapToObj(Dim::of).toList();
    Expr whole = graph.call("empty", dtype, shape, sizes, Keyword.of("dtype", dtype));
    long rows = shape.size(0);
    long pieces = rows / each;
    if (pieces > 0) {
      String number = graph.text().variable("piece");
      add(graph, "for", "for " + number + " in range(" + pieces + "):");
      graph.text().enterLoop();
      graph.tape().repeat(pieces);
      put(graph, whole, new Dim(number, Shape.UNKNOWN), each, each, body);
      graph.tape().repeat(1);
      graph.text().leaveLoop();
    }
    if (rows % each > 0) {
      put(graph, whole, Dim.of(pieces), each, rows % each, body);
    }
    return whole;
  }

  private static void put(Graph graph, Expr whole, Dim number, long each, long rows, Body body) {
    Expr place = whole.narrow(0, number.times(each), Dim.of(rows));
    Expr made = body.piece(number, rows);
    if (made.dtype() != whole.dtype() || !made.shape().equals(place.shape())) {
      throw Mismatch.of(
          "pieces", made, "a piece of " + whole.dtype() + " " + place.shape(), made.toString());
    }
    // Stands in checkpointed segments too: the value that it changes is made anew with it.
    add(graph, "copy_", "torch.copy_(" + place + ", " + made + ")");
  }

  private static void add(Graph graph, String operator, String statement) {
    graph.text().add(statement, new Origin(operator, graph.layer(), CallSite.outside(), ""));
  }
}

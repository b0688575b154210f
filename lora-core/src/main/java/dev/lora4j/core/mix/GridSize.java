package dev.lora4j.core.mix;

/** Rows and columns of a grid over a picture. */
public record GridSize(int rows, int columns) {
  /** The grid after {@code level} halvings, each rounded up. */
  public GridSize level(int level) {
    return level == 0 ? this : new GridSize((rows + 1) / 2, (columns + 1) / 2).level(level - 1);
  }

  /** Number of places. */
  public int places() {
    return Math.multiplyExact(rows, columns);
  }
}

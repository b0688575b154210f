package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;

/** Rearrangement of matrices without a change of their values. */
public final class Matrices {
  private Matrices() {}

  /** [rows, columns] as [columns, rows]. */
  public static HostTensor transposed(HostTensor matrix) {
    int rows = Math.toIntExact(matrix.shape().size(0));
    int columns = Math.toIntExact(matrix.shape().size(1));
    int size = elementSize(matrix);
    ByteBuffer from = matrix.bytes();
    ByteBuffer into = ByteBuffer.allocate(rows * columns * size);
    for (int c = 0; c < columns; c++) {
      for (int r = 0; r < rows; r++) {
        into.put(from.slice((r * columns + c) * size, size));
      }
    }
    return HostTensor.of(matrix.dtype(), Shape.of(columns, rows), into.flip());
  }

  /** Columns {@code from} to {@code from + count} of [rows, columns, 1, ...]. */
  public static HostTensor columns(HostTensor matrix, long from, long count) {
    int rows = Math.toIntExact(matrix.shape().size(0));
    int columns = Math.toIntExact(matrix.shape().size(1));
    int size = elementSize(matrix);
    ByteBuffer bytes = matrix.bytes();
    ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(rows * count * size));
    for (int r = 0; r < rows; r++) {
      into.put(
          bytes.slice(Math.toIntExact(((long) r * columns + from) * size), (int) count * size));
    }
    return HostTensor.of(matrix.dtype(), matrix.shape().with(1, count), into.flip());
  }

  /**
   * Returns true if some rows of [rows, columns, 1, ...] are 0 in {@code count} columns from {@code
   * from} on.
   */
  public static boolean zero(HostTensor matrix, RowSlice.Range rows, long from, long count) {
    int columns = Math.toIntExact(matrix.shape().size(1));
    int size = elementSize(matrix);
    ByteBuffer bytes = matrix.bytes();
    for (long r = rows.from(); r < rows.end(); r++) {
      int begin = Math.toIntExact((r * columns + from) * size);
      for (int i = begin; i < begin + count * size; i += size) {
        for (int b = 0; b < size; b++) {
          // The sign of a zero is in its last byte.
          if ((bytes.get(i + b) & (b == size - 1 ? 0x7f : 0xff)) != 0) {
            return false;
          }
        }
      }
    }
    return true;
  }

  private static int elementSize(HostTensor matrix) {
    return Math.toIntExact(
        matrix.dtype().bytes(matrix.shape().elements()) / Math.max(1, matrix.shape().elements()));
  }
}

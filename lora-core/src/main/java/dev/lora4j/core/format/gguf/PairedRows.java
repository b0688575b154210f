package dev.lora4j.core.format.gguf;

import dev.lora4j.core.gguf.GgufWeight;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;

/**
 * The order of rows that llama.cpp has for queries and keys of LLaMA: of each head, those that turn
 * together side by side.
 */
public final class PairedRows {
  private PairedRows() {}

  /** Returns true if a matrix of so many rows can lie in pairs of so many heads. */
  public static boolean fit(long rows, int heads) {
    return heads > 0 && rows > 0 && rows % (2L * heads) == 0;
  }

  /** The rows of [rows, columns] in pairs. */
  public static HostTensor of(HostTensor matrix, int heads) {
    return moved(matrix, heads, true);
  }

  /** The rows of [rows, columns] in the model's order, of a matrix where they lie in pairs. */
  public static HostTensor undone(HostTensor matrix, int heads) {
    return moved(matrix, heads, false);
  }

  private static HostTensor moved(HostTensor matrix, int heads, boolean pair) {
    long rows = matrix.shape().size(0);
    GgufWeight order = GgufWeight.of("", "").withPairedHeads(heads);
    ByteBuffer from = matrix.bytes();
    int width = Math.toIntExact(from.remaining() / Math.max(1, rows));
    ByteBuffer into = ByteBuffer.allocate(from.remaining());
    for (long row = 0; row < rows; row++) {
      int other = Math.toIntExact(order.place(row, rows));
      int source = pair ? (int) row : other;
      into.put((pair ? other : (int) row) * width, from, source * width, width);
    }
    return HostTensor.of(matrix.dtype(), matrix.shape(), into);
  }
}

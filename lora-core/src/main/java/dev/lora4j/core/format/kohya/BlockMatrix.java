package dev.lora4j.core.format.kohya;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;

/** A matrix [rows, columns] into which others are put; 0 elsewhere. No value is computed with. */
final class BlockMatrix {
  private final DType type;
  private final Shape shape;
  private final byte[] bytes;
  private final int element;

  BlockMatrix(DType type, long rows, long columns) {
    this.type = type;
    this.shape = Shape.of(rows, columns);
    this.element = Math.toIntExact(type.bytes(1));
    this.bytes = new byte[Math.toIntExact(type.bytes(Math.multiplyExact(rows, columns)))];
  }

  /** Puts a matrix so that its first element stands at {@code row} and {@code column}. */
  void put(HostTensor matrix, long row, long column) {
    int columns = Math.toIntExact(matrix.shape().size(1));
    ByteBuffer from = matrix.bytes();
    for (long r = row; from.hasRemaining(); r++) {
      from.get(bytes, Math.toIntExact((r * shape.size(1) + column) * element), columns * element);
    }
  }

  HostTensor tensor() {
    return HostTensor.of(type, shape, ByteBuffer.wrap(bytes));
  }

  /** The rows that all parts have of a tensor, in the order of the layer; 0 where one has none. */
  static HostTensor stacked(String role, List<FusedLayers.Part> parts, DType type) {
    Shape some =
        parts.stream()
            .flatMap(p -> p.factors().stream())
            .map(f -> f.tensor(role).shape())
            .findFirst()
            .orElseThrow();
    long width = some.elements() / some.size(0);
    long rows = parts.stream().mapToLong(FusedLayers.Part::rows).sum();
    BlockMatrix all = new BlockMatrix(type, rows, width);
    for (FusedLayers.Part part : parts) {
      if (part.factors().isPresent()) {
        HostTensor own = part.factors().get().tensor(role);
        HostTensor matrix = own.reshape(Shape.of(part.rows(), width));
        all.put(inFileOrder(matrix, part), part.from(), 0);
      }
    }
    return all.tensor().reshape(some.with(0, rows));
  }

  /** A site's rows as they stand in the layer, where halves may be in the other order. */
  static HostTensor inFileOrder(HostTensor rows, FusedLayers.Part part) {
    if (!part.swapped()) {
      return rows;
    }
    ByteBuffer all = rows.bytes();
    int size = all.remaining();
    ByteBuffer swapped = ByteBuffer.allocate(size);
    swapped.put(all.slice(size / 2, size - size / 2)).put(all.slice(0, size / 2));
    return HostTensor.of(rows.dtype(), rows.shape(), swapped.flip());
  }
}

package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * A tensor that a file has once for several layers, each of which uses the corner that fits it.
 * Layers of one size get one copy of their corner. Thread-safe.
 */
public final class SharedTensor {
  private final HostTensor whole;
  private final Map<Shape, HostTensor> corners = new HashMap<>();

  /** Shares a tensor. */
  public SharedTensor(HostTensor whole) {
    this.whole = whole;
  }

  /** The tensor as the file has it. */
  public HostTensor whole() {
    return whole;
  }

  /** Returns true if the tensor has a corner of this shape. */
  public boolean has(Shape corner) {
    Shape shape = whole.shape();
    if (shape.rank() != corner.rank()) {
      return false;
    }
    for (int d = 0; d < shape.rank(); d++) {
      if (shape.size(d) < corner.size(d)) {
        return false;
      }
    }
    return true;
  }

  /** The elements with the lowest indices; there must be {@linkplain #has so many}. */
  public synchronized HostTensor corner(Shape corner) {
    return corner.equals(whole.shape()) ? whole : corners.computeIfAbsent(corner, this::cut);
  }

  private HostTensor cut(Shape corner) {
    if (!has(corner)) {
      throw new IllegalArgumentException(whole + " has no corner " + corner);
    }
    ByteBuffer into = ByteBuffer.allocate(Math.toIntExact(whole.dtype().bytes(corner.elements())));
    copy(corner, 0, 0, into);
    return HostTensor.owning(whole.dtype(), corner, into.array());
  }

  /**
   * Copies what the corner has of one index along all dimensions before {@code d}.
   *
   * @param row that index, as if these dimensions were one
   */
  private void copy(Shape corner, int d, long row, ByteBuffer into) {
    Shape shape = whole.shape();
    long begin = row * shape.size(d);
    if (d == shape.rank() - 1) {
      int from = Math.toIntExact(whole.dtype().bytes(begin));
      into.put(whole.bytes().slice(from, Math.toIntExact(whole.dtype().bytes(corner.size(d)))));
      return;
    }
    for (long i = 0; i < corner.size(d); i++) {
      copy(corner, d + 1, begin + i, into);
    }
  }
}

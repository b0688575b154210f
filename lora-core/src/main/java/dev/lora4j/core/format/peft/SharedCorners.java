package dev.lora4j.core.format.peft;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A tensor that layers share, put together of what each of them uses: the elements with the lowest
 * indices. Elements that no layer uses are 0.
 */
final class SharedCorners {
  /** The part of one layer. */
  private record Corner(String layer, HostTensor tensor) {}

  private final String role;
  private final List<Corner> corners = new ArrayList<>();

  SharedCorners(String role) {
    this.role = role;
  }

  /** Adds the part of a layer. */
  void add(String layer, HostTensor tensor) {
    if (corners.stream().noneMatch(c -> c.tensor().equals(tensor))) {
      corners.add(new Corner(layer, tensor));
    }
  }

  /**
   * The whole tensor.
   *
   * @param least the shape that it has at least, by role, if there is any such
   * @throws AdapterException if layers have different values or types at one place
   */
  HostTensor whole(Map<String, Shape> least) {
    Corner first = corners.get(0);
    Shape shape = least.getOrDefault(role, first.tensor().shape());
    for (Corner corner : corners) {
      Shape other = corner.tensor().shape();
      if (other.rank() != shape.rank() || corner.tensor().dtype() != first.tensor().dtype()) {
        throw differ(first, corner);
      }
      for (int d = 0; d < shape.rank(); d++) {
        shape = shape.with(d, Math.max(shape.size(d), other.size(d)));
      }
    }
    int size = Math.toIntExact(first.tensor().dtype().bytes(1));
    byte[] bytes = new byte[Math.toIntExact(size * shape.elements())];
    byte[] written = new byte[Math.toIntExact(shape.elements())];
    for (Corner corner : corners) {
      place(corner, shape, size, bytes, written);
    }
    return HostTensor.of(first.tensor().dtype(), shape, ByteBuffer.wrap(bytes));
  }

  /** Copies a corner; {@code written} has 1 where there are values. */
  private void place(Corner corner, Shape whole, int size, byte[] bytes, byte[] written) {
    Shape shape = corner.tensor().shape();
    ByteBuffer from = corner.tensor().bytes();
    long[] index = new long[shape.rank()];
    while (from.hasRemaining()) {
      long place = 0;
      for (int d = 0; d < index.length; d++) {
        place = place * whole.size(d) + index[d];
      }
      int at = Math.toIntExact(place);
      for (int b = 0; b < size; b++) {
        byte value = from.get();
        if (written[at] == 1 && bytes[at * size + b] != value) {
          throw differ(corners.get(0), corner);
        }
        bytes[at * size + b] = value;
      }
      written[at] = 1;
      next(index, shape);
    }
  }

  private static void next(long[] index, Shape shape) {
    int d = index.length - 1;
    index[d]++;
    while (d > 0 && index[d] == shape.size(d)) {
      index[d] = 0;
      d--;
      index[d]++;
    }
  }

  private AdapterException differ(Corner one, Corner two) {
    return new AdapterException(
        "PEFT has one "
            + role
            + " for all layers of a model, but those of "
            + one.layer()
            + " and "
            + two.layer()
            + " differ, as in adapters put together of several. Cut the adapter to LoRA (resize) and"
            + " write that.");
  }
}

package dev.lora4j.core.adapter.vblora;

import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;

/** Vectors of one length, and what is put together of their means. */
final class VectorBank {
  private final double[] values;
  private final int count;
  private final int length;

  private VectorBank(double[] values, int count, int length) {
    this.values = values;
    this.count = count;
    this.length = length;
  }

  static VectorBank of(SiteTensors in, String role) {
    HostTensor tensor = in.tensor(role);
    Shape shape = tensor.shape();
    if (shape.rank() != 2 || shape.elements() == 0) {
      throw in.wrong(role, "[vectors, length], and not empty");
    }
    if (!tensor.dtype().floating() || !tensor.finite()) {
      throw in.wrong(role, "of finite floating-point numbers");
    }
    return new VectorBank(
        tensor.doubles(), Math.toIntExact(shape.size(0)), Math.toIntExact(shape.size(1)));
  }

  int count() {
    return count;
  }

  int length() {
    return length;
  }

  /** The means one behind the other: [rows, columns * length]. */
  float[] rows(VectorChoice choice) {
    float[] made = new float[Math.multiplyExact(choice.pieces(), length)];
    for (int piece = 0; piece < choice.pieces(); piece++) {
      for (int i = 0; i < length; i++) {
        made[piece * length + i] = mean(choice, piece, i);
      }
    }
    return made;
  }

  /** The means as columns one below the other: [rows * length, columns]. */
  float[] columns(VectorChoice choice) {
    int columns = Math.toIntExact(choice.columns());
    float[] made = new float[Math.multiplyExact(choice.pieces(), length)];
    for (int piece = 0; piece < choice.pieces(); piece++) {
      int row = piece / columns * length;
      for (int i = 0; i < length; i++) {
        made[(row + i) * columns + piece % columns] = mean(choice, piece, i);
      }
    }
    return made;
  }

  private float mean(VectorChoice choice, int piece, int i) {
    double sum = 0;
    for (int k = 0; k < choice.each(); k++) {
      sum += choice.weight(piece, k) * values[choice.index(piece, k) * length + i];
    }
    return (float) sum;
  }
}

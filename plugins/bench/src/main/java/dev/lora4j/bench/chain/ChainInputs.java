package dev.lora4j.bench.chain;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.nio.file.Path;

/**
 * Inputs of every contender. The matrices of all links lie one after another.
 *
 * @param x [4, 8]
 * @param weight [links, 8, 8]
 * @param down [links, 2, 8]
 * @param up [links, 8, 2]
 */
record ChainInputs(HostTensor x, HostTensor weight, HostTensor down, HostTensor up) {
  static final int ROWS = 4;
  static final int WIDTH = 8;
  static final int RANK = 2;

  /** Scale of the low-rank part. */
  static final double SCALE = 0.5;

  private static final double NOISE = 0.2;
  private static final double FACTORS = 0.3;

  /*
   * Links take turns in multiplying by about -1 and about -4.5. With random matrices of one size the
   * values would vanish or overflow within a hundred links; so they stay near 1, and rounding errors
   * die out instead of growing.
   */
  private static final double[] GAINS = {-1, -4.5};

  static ChainInputs of(int links) {
    float[] weight = uniform(1, links * WIDTH * WIDTH, NOISE);
    for (int link = 0; link < links; link++) {
      for (int i = 0; i < WIDTH; i++) {
        // The value itself is added after the product, which this takes away again.
        weight[(link * WIDTH + i) * WIDTH + i] += (float) (GAINS[link % GAINS.length] - 1);
      }
    }
    float[] x = uniform(0, ROWS * WIDTH, 0.5);
    for (int i = 0; i < x.length; i++) {
      x[i] += 1;
    }
    return new ChainInputs(
        HostTensor.of(Shape.of(ROWS, WIDTH), x),
        HostTensor.of(Shape.of(links, WIDTH, WIDTH), weight),
        HostTensor.of(Shape.of(links, RANK, WIDTH), uniform(2, links * RANK * WIDTH, FACTORS)),
        HostTensor.of(Shape.of(links, WIDTH, RANK), uniform(3, links * WIDTH * RANK, FACTORS)));
  }

  private static float[] uniform(int purpose, int count, double bound) {
    SeededNoise noise = SeededNoise.of(0, purpose);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) ((2 * noise.uniform() - 1) * bound);
    }
    return values;
  }

  int links() {
    return (int) weight.shape().size(0);
  }

  /** Writes a file for peers outside of this process; the names are those of the components. */
  Path write(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    writer.add("x", x.dtype(), x.shape(), x.bytes());
    writer.add("weight", weight.dtype(), weight.shape(), weight.bytes());
    writer.add("down", down.dtype(), down.shape(), down.bytes());
    writer.add("up", up.dtype(), up.shape(), up.bytes());
    writer.write(file);
    return file;
  }
}

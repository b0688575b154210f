package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code full_size.py} keeps of large tensors: mean, deviation, largest magnitude, and some of
 * their numbers at equal distances.
 */
public final class Fingerprints implements AutoCloseable {
  /** How far a tensor may be away, as a share of its largest magnitude. */
  private static final double CLOSE = 1e-4;

  private final Safetensors file;

  private Fingerprints(Safetensors file) {
    this.file = file;
  }

  public static Fingerprints open(Path file) {
    return new Fingerprints(Safetensors.open(file));
  }

  public void assertClose(String name, Tensor y) {
    double error = error(name, y.floats());
    assertTrue(error <= CLOSE, () -> name + " is " + error + " of its scale away");
  }

  private double error(String name, float[] all) {
    List<Float> about = floats(name + ".about");
    List<Float> sampled = floats(name + ".sampled");
    int distance = Math.max(1, all.length / sampled.size());
    double scale = about.get(2);
    double worst = 0;
    for (int i = 0; i < sampled.size(); i++) {
      worst = worse(worst, Math.abs(sampled.get(i) - all[i * distance]) / scale);
    }
    double mean = 0;
    double largest = 0;
    for (float v : all) {
      mean += v / (double) all.length;
      largest = Math.max(largest, Math.abs(v));
    }
    double squares = 0;
    for (float v : all) {
      squares += (v - mean) * (v - mean) / all.length;
    }
    worst = worse(worst, Math.abs(mean - about.get(0)) / scale);
    worst = worse(worst, Math.abs(Math.sqrt(squares) - about.get(1)) / scale);
    return worse(worst, Math.abs(largest - about.get(2)) / scale);
  }

  private static double worse(double worst, double error) {
    return Double.isNaN(error) ? error : Math.max(worst, error);
  }

  private List<Float> floats(String name) {
    ByteBuffer bytes = file.read(name);
    return Stream.generate(bytes::getFloat)
        .limit(file.tensors().get(name).shape().elements())
        .toList();
  }

  @Override
  public void close() {
    file.close();
  }
}

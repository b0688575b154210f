package dev.lora4j.whisper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.whisper.audio.Wave;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Results of transformers and PEFT, with the recordings by formulas that they are of. */
public final class Goldens {
  /** Folder of the files. */
  public static final Path RESOURCES = Path.of("src/test/resources");

  /** The tiny Whisper. */
  public static final Path TINY = RESOURCES.resolve("tiny");

  private Goldens() {}

  /** A tensor of a file. */
  public static HostTensor tensor(String file, String name) {
    try (TensorStore store = TensorStore.open(RESOURCES.resolve(file))) {
      TensorInfo info = Optional.ofNullable(store.tensors().get(name)).orElseThrow();
      return HostTensor.of(info.dtype(), info.shape(), store.read(name));
    }
  }

  /** A row of whole numbers. */
  public static int[] row(String file, String name, int row) {
    HostTensor all = tensor(file, name);
    int width = Math.toIntExact(all.shape().size(-1));
    double[] some = Arrays.copyOfRange(all.doubles(), row * width, (row + 1) * width);
    return Arrays.stream(some).mapToInt(d -> (int) d).toArray();
  }

  /** {@code chirp} of {@code waves.py}. */
  public static Wave chirp(int samples, int rate, double begin, double end, long seed) {
    float[] all = new float[samples];
    long state = seed;
    for (int i = 0; i < samples; i++) {
      double t = i;
      double phase = 2 * Math.PI * (begin * t + (end - begin) * t * t / (2.0 * samples)) / rate;
      state = (state * 1103515245L + 12345) % 2147483648L;
      all[i] = (float) (0.4 * Math.sin(phase) + 0.05 * (state / 1073741824.0 - 1));
    }
    return new Wave("chirp", rate, all);
  }

  /** The recordings of the tiny Whisper. */
  public static List<Wave> sounds() {
    return List.of(chirp(16000, 16000, 100, 4000, 3), chirp(9000, 16000, 3000, 300, 4));
  }

  /** Requires numbers within a share of the greatest. */
  public static void assertClose(double[] expected, double[] found, double share) {
    assertEquals(expected.length, found.length);
    double scale = Arrays.stream(expected).map(Math::abs).max().orElse(0);
    for (int i = 0; i < found.length; i++) {
      double off = Math.abs(expected[i] - found[i]);
      assertTrue(off <= share * scale, "number " + i + " is off by " + off + " of " + scale);
    }
  }
}

package dev.lora4j.diffusion.style;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.base.FormulaModel;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** Numbers that {@code training.py} or a script like it wrote, and the factors it begins with. */
final class ParityNumbers implements AutoCloseable {
  /** How many numbers of a factor there are in a sample. */
  private static final int OF_GRADIENT = 40;

  private static final int OF_TRAINED = 8;

  private final Safetensors file;

  ParityNumbers(Path written) {
    file = Safetensors.open(written);
  }

  /** The cases that have numbers of this name. */
  Set<String> cases(String name) {
    return file.tensors().keySet().stream()
        .filter(key -> key.endsWith("/" + name))
        .map(key -> key.substring(0, key.indexOf('/')))
        .collect(Collectors.toSet());
  }

  double[] of(Object at, String name) {
    String key = at + "/" + name;
    TensorInfo info = Objects.requireNonNull(file.tensors().get(key), key);
    return HostTensor.owning(info.dtype(), info.shape(), file.bytes(key)).doubles();
  }

  /** The flat buffer before the first step. */
  static float[] start(FlatLayout layout) {
    float[] flat = new float[(int) layout.length()];
    for (FlatLayout.Slot slot : layout.slots()) {
      String name = slot.parameter().name();
      float[] values = FormulaModel.numbers(name, (int) slot.parameter().shape().elements());
      float scale = name.endsWith(".up") ? 0.25f : 0.125f;
      float around = name.endsWith(".magnitude") ? 1 : 0;
      for (int i = 0; i < values.length; i++) {
        flat[(int) slot.offset() + i] = around + scale * values[i];
      }
    }
    return flat;
  }

  void assertGradient(Object at, FlatLayout layout, double[] found, double tolerance) {
    assertClose(at, "gradient", layout, found, OF_GRADIENT, tolerance);
  }

  void assertTrained(Object at, FlatLayout layout, double[] found, double tolerance) {
    assertClose(at, "trained", layout, found, OF_TRAINED, tolerance);
  }

  /** Compares Frobenius norms of each factor, and the Frobenius distance of its samples. */
  private void assertClose(
      Object at, String name, FlatLayout layout, double[] found, int most, double tolerance) {
    double[] norms = of(at, name + "/norms");
    double[] samples = of(at, name + "/samples");
    List<FlatLayout.Slot> slots =
        layout.slots().stream()
            .sorted(Comparator.comparing((FlatLayout.Slot slot) -> slot.parameter().name()))
            .toList();
    assertEquals(norms.length, slots.size());
    int from = 0;
    for (int i = 0; i < norms.length; i++) {
      int offset = (int) slots.get(i).offset();
      int length = (int) slots.get(i).parameter().shape().elements();
      int count = Math.min(length, most);
      double[] all = Arrays.copyOfRange(found, offset, offset + length);
      double[] some = new double[count];
      double[] difference = new double[count];
      for (int k = 0; k < count; k++) {
        some[k] = samples[from + k];
        difference[k] = all[k * length / count] - some[k];
      }
      from += count;
      double error = Math.max(Math.abs(norm(all) / norms[i] - 1), norm(difference) / norm(some));
      assertTrue(error <= tolerance, slots.get(i).parameter().name() + ": " + error);
    }
    assertEquals(samples.length, from);
  }

  private static double norm(double[] values) {
    return Math.sqrt(Arrays.stream(values).map(v -> v * v).sum());
  }

  @Override
  public void close() {
    file.close();
  }
}

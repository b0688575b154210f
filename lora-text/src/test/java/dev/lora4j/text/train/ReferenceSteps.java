package dev.lora4j.text.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.data.TokenSequence;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/** What {@code peft_steps.py}, or a script like it, wrote. */
final class ReferenceSteps implements AutoCloseable {
  static final int BATCHES = 20;
  private static final int ROWS = 3;

  private final TensorStore file;

  ReferenceSteps() {
    this("peft-steps.safetensors");
  }

  /** What a script like it wrote. */
  ReferenceSteps(String name) {
    file = TensorStore.open(Path.of("src/test/resources", name));
  }

  /** Names of all that it wrote. */
  Set<String> keys() {
    return file.tensors().keySet();
  }

  Set<String> cases() {
    return file.tensors().keySet().stream()
        .filter(key -> key.endsWith("/losses"))
        .map(key -> key.substring(0, key.indexOf('/')))
        .collect(Collectors.toSet());
  }

  double[] numbers(Object at, String name) {
    return numbers(at + "/" + name);
  }

  double[] numbers(String key) {
    TensorInfo info = Objects.requireNonNull(file.tensors().get(key), key);
    return HostTensor.of(info.dtype(), info.shape(), file.read(key)).doubles();
  }

  /** Sequences of batch {@code number}. */
  List<TokenSequence> batch(String model, int number) {
    List<TokenSequence> rows = new ArrayList<>();
    for (int row = 0; row < ROWS; row++) {
      int at = number * ROWS + row;
      rows.add(
          model.endsWith("t5")
              ? pair(
                  row("pairs/inputs", "pairs/lengths", at), row("pairs/targets", "pairs/sizes", at))
              : text(row("causal/ids", "causal/lengths", at), (int) numbers("causal/from")[at]));
    }
    return rows;
  }

  private static TokenSequence pair(int[] input, int[] target) {
    return new TokenSequence(input, new boolean[input.length], target, -1);
  }

  private static TokenSequence text(int[] ids, int from) {
    boolean[] counted = new boolean[ids.length];
    Arrays.fill(counted, from, ids.length, true);
    return new TokenSequence(ids, counted, new int[0], -1);
  }

  private int[] row(String key, String lengths, int at) {
    double[] all = numbers(key);
    int width = all.length / (BATCHES * ROWS);
    int length = (int) numbers(lengths)[at];
    return Arrays.stream(all, at * width, at * width + length).mapToInt(d -> (int) d).toArray();
  }

  /** Slots by name, as the script has them. */
  private static List<FlatLayout.Slot> sorted(FlatLayout layout) {
    return layout.slots().stream()
        .sorted(Comparator.comparing((FlatLayout.Slot slot) -> slot.parameter().name()))
        .toList();
  }

  /** The flat buffer before the first step. */
  float[] start(Object at, FlatLayout layout) {
    return flat(at + "/start", layout);
  }

  /** A flat buffer of all that is trained. */
  float[] flat(String key, FlatLayout layout) {
    double[] values = numbers(key);
    float[] flat = new float[(int) layout.length()];
    int from = 0;
    for (FlatLayout.Slot slot : sorted(layout)) {
      int length = (int) slot.parameter().shape().elements();
      for (int i = 0; i < length; i++) {
        flat[(int) slot.offset() + i] = (float) values[from++];
      }
    }
    assertEquals(values.length, from);
    return flat;
  }

  /** Compares each factor by the Frobenius distance over the norm. */
  void assertClose(Object at, String name, FlatLayout layout, double[] found, double tolerance) {
    assertClose(at, name, layout, found, tolerance, tolerance);
  }

  /**
   * Compares by the Frobenius distance over the norm.
   *
   * @param tolerance of all factors together
   * @param each of one alone, which has fewer numbers for rounding to level out in
   */
  void assertClose(
      Object at, String name, FlatLayout layout, double[] found, double tolerance, double each) {
    double[] expected = numbers(at, name);
    double all = 0;
    double norms = 0;
    int from = 0;
    for (FlatLayout.Slot slot : sorted(layout)) {
      int length = (int) slot.parameter().shape().elements();
      double distance = 0;
      double norm = 0;
      for (int i = 0; i < length; i++) {
        double value = expected[from++];
        distance += Math.pow(found[(int) slot.offset() + i] - value, 2);
        norm += value * value;
      }
      all += distance;
      norms += norm;
      double error = Math.sqrt(distance / norm);
      assertTrue(error <= each, slot.parameter().name() + ": " + error);
    }
    assertEquals(expected.length, from);
    assertTrue(Math.sqrt(all / norms) <= tolerance, "all: " + Math.sqrt(all / norms));
  }

  @Override
  public void close() {
    file.close();
  }
}

package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.ArrayList;
import java.util.List;

/** Converts tensors to an element type, each value rounded once, and counts the losses. */
final class StorageRounding {
  private long values;
  private long vanished;

  /**
   * {@code tensor} times {@code factor} in {@code type}.
   *
   * @param name what to call it in messages
   * @throws AdapterException if a value is too large for the type, or was for the one before, so
   *     that no reader would take it
   */
  HostTensor of(String name, HostTensor tensor, double factor, DType type) {
    if (!tensor.finite()) {
      throw new AdapterException(
          name
              + " has values that are not finite, as those have that were too large for "
              + tensor.dtype()
              + "; they are not written.");
    }
    if (tensor.dtype() == type && factor == 1) {
      return tensor;
    }
    double[] numbers = tensor.doubles();
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] *= factor;
    }
    HostTensor rounded = HostTensor.of(type, tensor.shape(), numbers);
    if (!rounded.finite()) {
      throw new AdapterException(
          name
              + " has the value "
              + largest(numbers)
              + ", which is too large for "
              + type
              + "; write F32 or BF16.");
    }
    double[] now = rounded.doubles();
    for (int i = 0; i < numbers.length; i++) {
      vanished += now[i] == 0 && numbers[i] != 0 ? 1 : 0;
    }
    values += numbers.length;
    return rounded;
  }

  private static double largest(double[] numbers) {
    double largest = 0;
    for (double number : numbers) {
      largest = Math.abs(number) > Math.abs(largest) ? number : largest;
    }
    return largest;
  }

  /** Losses of the rounding, as sentences for the user. */
  List<String> losses() {
    List<String> losses = new ArrayList<>();
    if (vanished > 0) {
      losses.add(vanished + " of " + values + " values are so small that they became 0.");
    }
    return losses;
  }
}

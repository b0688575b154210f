package dev.lora4j.cli.adapter;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Locale;

/**
 * Zeros among the numbers of an adapter's factors.
 *
 * @param zeros how many are 0
 * @param numbers how many there are
 */
record ZeroCount(long zeros, long numbers) {
  static ZeroCount of(Adapter adapter) {
    long zeros = 0;
    long numbers = 0;
    for (List<Factors> site : adapter.sites().values()) {
      for (Factors factors : site) {
        for (HostTensor tensor : factors.tensors().values()) {
          if (tensor.dtype().floating()) {
            numbers += tensor.shape().elements();
            zeros += zeros(tensor);
          }
        }
      }
    }
    return new ZeroCount(zeros, numbers);
  }

  private static long zeros(HostTensor tensor) {
    long zeros = 0;
    for (double number : tensor.doubles()) {
      zeros += number == 0 ? 1 : 0;
    }
    return zeros;
  }

  /** Zeros of all numbers, from 0 to 1. */
  double share() {
    return numbers == 0 ? 0 : (double) zeros / numbers;
  }

  /** Text for people. */
  String text() {
    return String.format(Locale.ROOT, "%.1f %% of %,d numbers", 100 * share(), numbers);
  }
}

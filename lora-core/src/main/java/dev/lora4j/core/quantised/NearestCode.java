package dev.lora4j.core.quantised;

import java.util.Comparator;
import java.util.stream.IntStream;

/** Search for the code whose value is nearest; of two that are as near, the lower value's. */
final class NearestCode {
  private final float[] thresholds;
  private final int[] codes;

  /* Zeros of both signs are the same value, of which the first code is the lower. */
  NearestCode(CodeBook book) {
    codes =
        IntStream.range(0, book.size())
            .boxed()
            .sorted(Comparator.comparing((Integer code) -> book.value(code) + 0f))
            .mapToInt(Integer::intValue)
            .toArray();
    thresholds = new float[codes.length - 1];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = (book.value(codes[i]) + book.value(codes[i + 1])) / 2;
    }
  }

  /** The code for a value: the last whose lower threshold is below it. */
  int of(float value) {
    int low = 0;
    int high = thresholds.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (value > thresholds[middle]) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return codes[low];
  }
}

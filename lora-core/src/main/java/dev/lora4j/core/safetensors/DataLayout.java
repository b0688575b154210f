package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The rules on where tensors lie: their ranges, in order, cover the byte buffer exactly, and each
 * is as long as its shape and dtype need.
 *
 * <p>Overlaps would let a small file claim much memory; holes and trailing bytes could carry a
 * second file that other programs see.
 */
final class DataLayout {
  private DataLayout() {}

  /** Checks all ranges against a byte buffer of {@code available} bytes; returns them in order. */
  static Map<String, TensorInfo> check(
      Inspection inspection, List<TensorInfo> entries, long available) {
    List<TensorInfo> sorted = new ArrayList<>(entries);
    sorted.sort(DataLayout::byPlace);
    Map<String, TensorInfo> tensors = new LinkedHashMap<>(sorted.size() * 2);
    long end = 0;
    for (TensorInfo tensor : sorted) {
      checkRange(inspection, tensor, end);
      end = tensor.end();
      tensors.put(tensor.name(), tensor);
    }
    checkEnd(inspection, end, available);
    return Collections.unmodifiableMap(tensors);
  }

  private static int byPlace(TensorInfo a, TensorInfo b) {
    int begins = Long.compare(a.begin(), b.begin());
    return begins != 0 ? begins : Long.compare(a.end(), b.end());
  }

  private static void checkEnd(Inspection inspection, long end, long available) {
    if (end > available) {
      throw inspection.fault(
          Kind.TRUNCATED,
          "ends too early: its tensors need %s bytes and %s are there. Download it again."
              .formatted(end, available));
    }
    if (end < available) {
      inspection.report(
          Leniency.TRAILING_BYTES,
          () -> "is damaged: %s bytes follow its last tensor.".formatted(available - end));
    }
  }

  private static void checkRange(Inspection inspection, TensorInfo tensor, long expected) {
    long begin = tensor.begin();
    if (tensor.end() < begin) {
      throw inspection.fault(
          Kind.RANGE_REVERSED,
          tensor.name(),
          "begins at %s and ends before that, at %s.".formatted(begin, tensor.end()));
    }
    if (begin < expected) {
      throw inspection.fault(
          Kind.RANGE_OVERLAP,
          tensor.name(),
          "begins at %s, inside the one before it, which ends at %s.".formatted(begin, expected));
    }
    if (begin > expected) {
      throw inspection.fault(
          Kind.RANGE_HOLE,
          tensor.name(),
          "begins at %s, after unused bytes from %s on.".formatted(begin, expected));
    }
    long needed = length(inspection, tensor);
    if (tensor.length() != needed) {
      throw inspection.fault(
          Kind.RANGE_MISMATCH,
          tensor.name(),
          "has %s bytes, but %s %s needs %s."
              .formatted(tensor.length(), tensor.dtype(), tensor.shape(), needed));
    }
  }

  /**
   * Bytes that the tensor's shape and dtype need. Multiplied in the order of the sizes, as the
   * reference reader does, so that a late zero does not excuse an overflow before it.
   */
  static long length(Inspection inspection, TensorInfo tensor) {
    long bits;
    try {
      long elements = 1;
      for (long size : tensor.shape().sizes()) {
        elements = Math.multiplyExact(elements, size);
      }
      bits = Math.multiplyExact(elements, (long) tensor.dtype().bits());
    } catch (ArithmeticException e) {
      throw inspection.fault(
          Kind.SIZE_OVERFLOW,
          tensor.name(),
          "has the shape %s, which no memory could hold.".formatted(tensor.shape()));
    }
    if (bits % 8 != 0) {
      throw inspection.fault(
          Kind.PARTIAL_BYTE,
          tensor.name(),
          "of %s %s does not fill whole bytes.".formatted(tensor.dtype(), tensor.shape()));
    }
    return bits / 8;
  }
}

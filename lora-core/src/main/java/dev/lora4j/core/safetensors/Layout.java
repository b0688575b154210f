package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
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
final class Layout {
  private Layout() {}

  /** Checks all ranges against a byte buffer of {@code available} bytes; returns them in order. */
  static Map<String, TensorInfo> check(
      Inspection inspection, List<TensorInfo> entries, long available) {
    List<TensorInfo> sorted = new ArrayList<>(entries);
    sorted.sort(Comparator.comparingLong(TensorInfo::begin).thenComparingLong(TensorInfo::end));
    Map<String, TensorInfo> tensors = new LinkedHashMap<>(sorted.size() * 2);
    long end = 0;
    for (TensorInfo tensor : sorted) {
      checkRange(inspection, tensor, end);
      end = tensor.end();
      tensors.put(tensor.name(), tensor);
    }
    if (end > available) {
      throw inspection.fault(
          Kind.TRUNCATED,
          "ends too early: its tensors need "
              + end
              + " bytes and "
              + available
              + " are there. Download it again.");
    }
    if (end < available) {
      inspection.report(
          Tolerance.TRAILING_BYTES,
          "has " + (available - end) + " bytes after its last tensor, which belong to none.");
    }
    return Collections.unmodifiableMap(tensors);
  }

  private static void checkRange(Inspection inspection, TensorInfo tensor, long expected) {
    String name = tensor.name();
    if (tensor.end() < tensor.begin()) {
      throw inspection.fault(
          Kind.RANGE_REVERSED,
          name,
          "begins at " + tensor.begin() + " and ends before it, at " + tensor.end() + ".");
    }
    if (tensor.begin() != expected) {
      boolean overlap = tensor.begin() < expected;
      throw inspection.fault(
          overlap ? Kind.RANGE_OVERLAP : Kind.RANGE_HOLE,
          name,
          "begins at "
              + tensor.begin()
              + (overlap ? ", inside the one before it, which" : ", after")
              + (overlap ? " ends at " : " unused bytes from ")
              + expected
              + ".");
    }
    long needed = length(inspection, tensor);
    if (tensor.length() != needed) {
      throw inspection.fault(
          Kind.RANGE_MISMATCH,
          name,
          "has "
              + tensor.length()
              + " bytes, but "
              + tensor.dtype()
              + tensor.shape()
              + " needs "
              + needed
              + ".");
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
          Kind.SIZE_OVERFLOW, tensor.name(), "has an impossible shape " + tensor.shape() + ".");
    }
    if (bits % 8 != 0) {
      throw inspection.fault(
          Kind.PARTIAL_BYTE,
          tensor.name(),
          "of " + tensor.dtype() + tensor.shape() + " does not end on a byte boundary.");
    }
    return bits / 8;
  }
}

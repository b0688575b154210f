package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.SortedMap;

/** Test for adapters that change nothing: in each product, one factor is all 0. */
final class ZeroAdapters {
  private ZeroAdapters() {}

  /** Returns true if no factors change their layer. */
  static boolean all(SortedMap<String, List<Factors>> factors) {
    return factors.values().stream().flatMap(List::stream).allMatch(ZeroAdapters::none);
  }

  private static boolean none(Factors factors) {
    // What depends on the weight changes it in other ways, too.
    return Methods.named(factors.method()) instanceof AdditiveMethod
        && factors.tensors().values().stream()
            .filter(t -> t.dtype().floating())
            .anyMatch(ZeroAdapters::zero);
  }

  private static boolean zero(HostTensor tensor) {
    ByteBuffer bytes = tensor.bytes();
    int size = tensor.dtype().bits() / Byte.SIZE;
    while (bytes.hasRemaining()) {
      // The sign of a zero is in its last byte.
      boolean last = (bytes.position() + 1) % size == 0;
      if ((bytes.get() & (last ? 0x7f : 0xff)) != 0) {
        return false;
      }
    }
    return true;
  }
}

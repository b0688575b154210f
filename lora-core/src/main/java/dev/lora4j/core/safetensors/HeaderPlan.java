package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Layout of the tensors of a new file. Widest types come first, then names in the order of their
 * bytes: so every tensor begins at a multiple of its element size, and the order in which they were
 * added does not matter.
 */
final class HeaderPlan {
  private static final Comparator<TensorInfo> ORDER =
      Comparator.comparing(TensorInfo::dtype)
          .reversed()
          .thenComparing(TensorInfo::name, TensorNames.ORDER);

  private final byte[] header;
  private final List<TensorInfo> tensors;

  private HeaderPlan(byte[] header, List<TensorInfo> tensors) {
    this.header = header;
    this.tensors = tensors;
  }

  /** The length field and the header, as they stand in the file. */
  ByteBuffer start() {
    return ByteBuffer.allocate(Limits.PREFIX + header.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(header.length)
        .put(header)
        .flip();
  }

  /** Tensors in the order of the file. */
  List<TensorInfo> tensors() {
    return tensors;
  }

  /** Places tensors whose offsets are still unknown. */
  static HeaderPlan of(Path file, Map<String, String> metadata, List<TensorInfo> unplaced) {
    List<TensorInfo> sorted = new ArrayList<>(unplaced);
    sorted.sort(ORDER);
    Inspection inspection = new Inspection(file, Set.of());
    long end = 0;
    for (int i = 0; i < sorted.size(); i++) {
      TensorInfo t = sorted.get(i);
      long begin = end;
      end += DataLayout.length(inspection, t);
      if (end > Limits.SIZE) {
        throw new SafetensorsException(
            Kind.BAD_SIZE, file + " would be larger than 2^48 bytes. Write several files.");
      }
      sorted.set(i, new TensorInfo(t.name(), t.dtype(), t.shape(), begin, end));
    }
    byte[] header = HeaderText.of(metadata, sorted);
    if (header.length > Limits.HEADER) {
      throw new SafetensorsException(
          Kind.HEADER_TOO_LARGE,
          "%s would have a header of %s bytes, and %s are allowed. Write several files."
              .formatted(file, header.length, Limits.HEADER));
    }
    return new HeaderPlan(header, sorted);
  }
}

package dev.lora4j.core.store;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.TensorInfo;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * How a file is cut: a safetensors file into its header and its tensors, another into one piece.
 * Large pieces are cut again, so that any fits into memory.
 */
final class FilePieces {
  /** Greatest number of bytes of a piece. */
  static final int LONGEST = 64 << 20;

  /**
   * A stretch of a file.
   *
   * @param text true if it is text, which deflates to a tenth; numbers hardly become less
   */
  record Cut(long begin, int length, boolean text) {
    byte[] read(RandomAccessFile file) throws IOException {
      byte[] bytes = new byte[length];
      file.seek(begin);
      file.readFully(bytes);
      return bytes;
    }
  }

  private FilePieces() {}

  /**
   * Cuts a file; the pieces are all of it, in order.
   *
   * @throws dev.lora4j.core.safetensors.SafetensorsException if it should be a safetensors file and
   *     is none
   */
  static List<Cut> of(Path file) throws IOException {
    long size = Files.size(file);
    TreeSet<Long> bounds = new TreeSet<>(List.of(0L, size));
    long numbers = size;
    if (file.toString().endsWith(".safetensors")) {
      try (Safetensors opened = Safetensors.openLenient(file)) {
        numbers = opened.dataStart();
        bounds.add(numbers);
        for (TensorInfo tensor : opened.tensors().values()) {
          bounds.add(opened.dataStart() + tensor.begin());
          bounds.add(opened.dataStart() + tensor.end());
        }
      }
    }
    return cuts(List.copyOf(bounds.headSet(size, true)), numbers);
  }

  private static List<Cut> cuts(List<Long> bounds, long numbers) {
    List<Cut> cuts = new ArrayList<>();
    for (int i = 0; i + 1 < bounds.size(); i++) {
      long end = bounds.get(i + 1);
      for (long at = bounds.get(i); at < end; at += LONGEST) {
        cuts.add(new Cut(at, (int) Math.min(LONGEST, end - at), at < numbers));
      }
    }
    return cuts;
  }
}

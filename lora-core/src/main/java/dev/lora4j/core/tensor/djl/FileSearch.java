package dev.lora4j.core.tensor.djl;

import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Search for a text in a file of any size. */
final class FileSearch {
  private static final long WINDOW = 1 << 28;

  private FileSearch() {}

  /** Returns true if the file exists, is readable, and contains these characters, one byte each. */
  static boolean contains(Path file, String text) {
    byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
    try (FileChannel channel = FileChannel.open(file)) {
      for (long begin = 0; begin < channel.size(); begin += WINDOW) {
        // Windows overlap, so that a text across a border is seen whole.
        long length = Math.min(WINDOW + wanted.length, channel.size() - begin);
        if (contains(channel.map(FileChannel.MapMode.READ_ONLY, begin, length), wanted)) {
          return true;
        }
      }
      return false;
    } catch (IOException e) {
      return false;
    }
  }

  private static boolean contains(MappedByteBuffer bytes, byte... wanted) {
    int last = bytes.limit() - wanted.length;
    for (int i = 0; i <= last; i++) {
      int matched = 0;
      while (matched < wanted.length && bytes.get(i + matched) == wanted[matched]) {
        matched++;
      }
      if (matched == wanted.length) {
        return true;
      }
    }
    return false;
  }
}

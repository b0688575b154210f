package dev.lora4j.core.gguf;

import dev.lora4j.core.gguf.GgufException.Kind;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file that is mapped read-only, so that its pages are shared with whoever else has it, and
 * interrupts end neither the opening nor the reads of others. The mapping goes with the last
 * reference.
 */
final class MappedBytes implements GgufBytes {
  /** Bytes of each mapping but the last; a buffer has less than 2 GiB. */
  private static final long SEGMENT = 1L << 30;

  private final Path file;
  private final long size;
  private final List<MappedByteBuffer> segments = new ArrayList<>();

  /**
   * Maps a file.
   *
   * @throws GgufException if it is no regular file, or cannot be read
   */
  MappedBytes(Path file) {
    this.file = file;
    try {
      RegularFile.require(file);
      size = map();
    } catch (NoSuchFileException e) {
      throw new GgufException(Kind.IO, "There is no file " + file + ".", e);
    } catch (IOException e) {
      throw new GgufException(
          Kind.IO, file + " cannot be read: " + RegularFile.trouble(e) + ".", e);
    }
  }

  /** Maps all segments, once more if an interrupt closes the channel meanwhile. */
  private long map() throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        segments.clear();
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
          long length = channel.size();
          for (long at = 0; at < length; at += SEGMENT) {
            segments.add(
                channel.map(FileChannel.MapMode.READ_ONLY, at, Math.min(SEGMENT, length - at)));
          }
          return length;
        } catch (ClosedByInterruptException e) {
          // The flag would close the next channel too; it is set again at the end.
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public long size() {
    return size;
  }

  @Override
  public void read(long position, byte[] into, int at, int count) {
    int done = 0;
    while (done < count) {
      long place = position + done;
      MappedByteBuffer segment = segments.get((int) (place / SEGMENT));
      int start = (int) (place % SEGMENT);
      int some = Math.min(count - done, segment.limit() - start);
      try {
        segment.get(start, into, at + done, some);
      } catch (InternalError e) { // how Java tells of a mapped page that is no longer there
        throw new GgufException(
            Kind.FILE_CHANGED, file + " became shorter while in use. Open it again.", e);
      }
      done += some;
    }
  }
}

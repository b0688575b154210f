package dev.lora4j.core.safetensors;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;

/**
 * A file that several threads read.
 *
 * <p>Java closes a file channel for everybody when one of its readers is interrupted. As runs are
 * cancelled by interrupt, that would take the file from all others; so the channel is opened again,
 * after a check that the file is still the same one.
 */
final class SharedChannel implements Bytes, AutoCloseable {
  /**
   * Size of one read: for a heap buffer Java makes a direct one as large as the read, and keeps it.
   */
  private static final int CHUNK = 1 << 20;

  private final Path file;
  private final BasicFileAttributes identity;
  private FileChannel channel;
  private boolean closed;

  SharedChannel(Path file) throws IOException {
    this.file = file;
    // Before the opening, because opening a pipe would wait for its writer.
    this.identity = Files.readAttributes(file, BasicFileAttributes.class);
    if (!identity.isRegularFile()) {
      throw new SafetensorsException(
          Kind.IO,
          file + (identity.isDirectory() ? " is a folder; name a file in it." : " is no file."));
    }
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
  }

  /** An operation on the channel. */
  @FunctionalInterface
  private interface Use<T> {
    T with(FileChannel channel) throws IOException;
  }

  @Override
  public long size() {
    return use(FileChannel::size);
  }

  @Override
  public void read(long position, ByteBuffer into) {
    int start = into.position();
    int end = into.limit();
    use(
        open -> {
          // A retry goes on where the interrupted attempt stopped.
          while (into.position() < end) {
            into.limit(into.isDirect() ? end : Math.min(end, into.position() + CHUNK));
            int count = open.read(into, position + into.position() - start);
            if (count < 0) {
              throw new SafetensorsException(
                  Kind.FILE_CHANGED, file + " became shorter while in use. Open it again.");
            }
          }
          return into;
        });
  }

  /** A read-only little-endian mapping, which outlives the channel. */
  MappedByteBuffer map(long position, long length) {
    MappedByteBuffer mapped =
        use(open -> open.map(FileChannel.MapMode.READ_ONLY, position, length));
    mapped.order(ByteOrder.LITTLE_ENDIAN);
    return mapped;
  }

  private <T> T use(Use<T> use) {
    boolean interrupted = false;
    try {
      while (true) {
        FileChannel open = channel();
        try {
          return use.with(open);
        } catch (ClosedByInterruptException e) {
          // The flag would close the next channel too; it is set again at the end.
          interrupted |= Thread.interrupted();
        } catch (ClosedChannelException e) {
          // Another reader was interrupted, or the file was closed, which channel() finds out.
        } catch (IOException e) {
          throw Inspection.io(file, "cannot be read", e);
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private synchronized FileChannel channel() {
    if (closed) {
      throw new SafetensorsException(
          Kind.CLOSED, file + " was closed here and can no longer be read.");
    }
    if (!channel.isOpen()) {
      reopen();
    }
    return channel;
  }

  private void reopen() {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (!now.isRegularFile()
          || now.size() != identity.size()
          || !now.lastModifiedTime().equals(identity.lastModifiedTime())
          || !Objects.equals(now.fileKey(), identity.fileKey())) {
        throw replaced();
      }
      channel = FileChannel.open(file, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw replaced();
    } catch (IOException e) {
      throw Inspection.io(file, "cannot be read", e);
    }
  }

  private SafetensorsException replaced() {
    return new SafetensorsException(
        Kind.FILE_CHANGED, file + " was replaced while in use. Open it again.");
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw Inspection.io(file, "cannot be closed", e);
    }
  }
}

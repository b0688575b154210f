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
final class SharedChannel implements AutoCloseable {
  private final Path file;
  private final BasicFileAttributes identity;
  private FileChannel channel;
  private boolean closed;

  SharedChannel(Path file) throws IOException {
    this.file = file;
    this.channel = FileChannel.open(file, StandardOpenOption.READ);
    this.identity = Files.readAttributes(file, BasicFileAttributes.class);
  }

  /** What is done with the channel. */
  @FunctionalInterface
  private interface Use<T> {
    T with(FileChannel channel) throws IOException;
  }

  long size() {
    return use(FileChannel::size);
  }

  /** Fills {@code into} from {@code position} on. */
  void read(long position, ByteBuffer into) {
    int start = into.position();
    use(
        open -> {
          // A retry goes on where the interrupted attempt stopped.
          while (into.hasRemaining()) {
            int count = open.read(into, position + into.position() - start);
            if (count < 0) {
              throw new SafetensorsException(
                  Kind.FILE_CHANGED, file + " became shorter while it was in use. Open it again.");
            }
          }
          return into;
        });
  }

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
          // Clears the flag, which would close the next channel too; it is set again below.
          interrupted |= Thread.interrupted();
        } catch (ClosedChannelException e) {
          // Another reader's interrupt closed it: go round with a fresh one.
        } catch (IOException e) {
          throw new SafetensorsException(Kind.IO, file + " cannot be read: " + e.getMessage(), e);
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
          Kind.CLOSED, file + " was closed and cannot be read any more.");
    }
    if (!channel.isOpen()) {
      reopen();
    }
    return channel;
  }

  private void reopen() {
    try {
      channel = FileChannel.open(file, StandardOpenOption.READ);
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      if (now.size() == identity.size()
          && now.lastModifiedTime().equals(identity.lastModifiedTime())
          && Objects.equals(now.fileKey(), identity.fileKey())) {
        return;
      }
      channel.close();
    } catch (IOException e) {
      throw new SafetensorsException(Kind.IO, file + " cannot be read: " + e.getMessage(), e);
    }
    throw new SafetensorsException(
        Kind.FILE_CHANGED, file + " was replaced while it was in use. Open it again.");
  }

  @Override
  public synchronized void close() {
    closed = true;
    try {
      channel.close();
    } catch (IOException e) {
      throw new SafetensorsException(Kind.IO, file + " cannot be closed: " + e.getMessage(), e);
    }
  }
}

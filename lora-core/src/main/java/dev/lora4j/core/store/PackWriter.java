package dev.lora4j.core.store;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Writing of a pack: objects, then the index, then where that begins, how many entries it has, its
 * SHA-256, and a mark. Numbers are big-endian.
 */
final class PackWriter {
  /** Contents of an object, read when it is written. */
  interface Content {
    byte[] read() throws IOException;
  }

  private record Part(ObjectId id, int length, boolean deflated, Content held) {}

  private final List<Part> parts = new ArrayList<>();

  boolean isEmpty() {
    return parts.isEmpty();
  }

  /** Adds an object. */
  void add(ObjectId id, int length, boolean text, Content content) {
    Content held = text ? () -> PackEntry.deflate(content.read()) : content;
    parts.add(new Part(id, length, text, held));
  }

  /** Adds an object as another pack has it. */
  void copy(PackEntry entry, Content held) {
    parts.add(new Part(entry.id(), entry.length(), entry.deflated(), held));
  }

  /**
   * Writes the pack. Its name depends on its objects, so that one which is damaged is replaced by
   * another with the same.
   */
  Path write(Path folder) throws IOException {
    MessageDigest names = Digests.sha256();
    ByteBuffer name = ByteBuffer.allocate(ObjectId.BYTES);
    for (Part part : parts) {
      part.id().write(name.clear());
      names.update(name.flip());
    }
    Path file = folder.resolve(Digests.hex(names).substring(0, 40) + Pack.ENDING);
    AtomicFile.write(file, this::writeTo);
    return file;
  }

  private void writeTo(WritableByteChannel out) throws IOException {
    ByteBuffer index = ByteBuffer.allocate(Math.multiplyExact(parts.size(), PackEntry.BYTES));
    long at = 0;
    for (Part part : parts) {
      byte[] held = part.held().read();
      part.id().write(index);
      index.putLong(at).putInt(held.length).putInt(part.length());
      index.put((byte) (part.deflated() ? 1 : 0));
      put(out, ByteBuffer.wrap(held));
      at += held.length;
    }
    ByteBuffer end = ByteBuffer.allocate(Pack.END);
    end.putLong(at).putInt(parts.size());
    ObjectId.of(index.array()).write(end);
    put(out, index.flip());
    put(out, end.put(Pack.mark()).flip());
  }

  private static void put(WritableByteChannel out, ByteBuffer bytes) throws IOException {
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}

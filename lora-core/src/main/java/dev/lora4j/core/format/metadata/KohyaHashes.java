package dev.lora4j.core.format.metadata;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;

/**
 * Hashes of kohya's trainer in a file's metadata: over the reference writer's form of the tensors
 * with the {@code ss_} entries alone. So they stay the same when other metadata changes. In
 * lower-case hexadecimal.
 *
 * <p>A file whose tensors are in the reference writer's order has the {@link FileHashes#data} that
 * is its {@code model}.
 *
 * @param model {@code sshs_model_hash}: SHA-256 of all that follows the header
 * @param legacy {@code sshs_legacy_hash}: the first 8 digits of the SHA-256 of the 64 KiB from 1
 *     MiB on, header included. Where the header itself is larger than 1 MiB it depends on the order
 *     of the metadata, which the reference writer leaves to chance; here it is sorted
 */
public record KohyaHashes(String model, String legacy) {

  /**
   * Computes the hashes of {@code file}, whatever its metadata claims. Reads its tensors in pieces.
   */
  public static KohyaHashes of(TensorStore file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    for (TensorInfo tensor : file.tensors().values()) {
      writer.add(tensor.name(), tensor.dtype(), tensor.shape(), out -> copy(file, tensor, out));
    }
    return of(writer, new Metadata(file.metadata()));
  }

  /**
   * Computes the hashes of a file to be written.
   *
   * @param tensors has all its tensors; its metadata is replaced
   * @param metadata of which the {@code ss_} entries count
   */
  public static KohyaHashes of(SafetensorsWriter tensors, Metadata metadata) {
    Metadata kept = metadata.only("ss_");
    Passing stream = new Passing(kept.entries().isEmpty());
    try {
      tensors.metadata(kept.entries()).writeTo(stream);
    } catch (IOException e) {
      throw new UncheckedIOException("The tensors cannot be read: " + e.getMessage(), e);
    }
    String legacy = stream.legacy.hex().substring(0, FileHashes.LEGACY_DIGITS);
    return new KohyaHashes(stream.data().hex(), legacy);
  }

  private static void copy(TensorStore file, TensorInfo tensor, WritableByteChannel out)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(1 << 20, tensor.length()));
    for (long at = 0; at < tensor.length(); at += chunk.limit()) {
      chunk.clear().limit((int) Math.min(chunk.capacity(), tensor.length() - at));
      file.read(tensor.name(), at, chunk);
      out.write(chunk.flip());
    }
  }

  /** Takes a file as it would be written, and keeps nothing but the digests. */
  private static final class Passing implements WritableByteChannel {
    private static final int PREFIX = 8;
    private static final byte[] NO_METADATA =
        "{\"__metadata__\":{}".getBytes(StandardCharsets.US_ASCII);

    final RangeDigest legacy = new RangeDigest(FileHashes.LEGACY_BEGIN, FileHashes.LEGACY_END);
    private final boolean bare;
    private RangeDigest data = new RangeDigest(Long.MAX_VALUE, Long.MAX_VALUE);
    private long position;

    /** {@code bare} if there is no metadata. */
    Passing(boolean bare) {
      this.bare = bare;
    }

    RangeDigest data() {
      return data;
    }

    /** The writer's first buffer is the length and the header. */
    @Override
    public int write(ByteBuffer bytes) {
      int count = bytes.remaining();
      ByteBuffer piece = bytes;
      if (position == 0) {
        piece = bare ? withMetadata(bytes) : bytes;
        data = new RangeDigest(piece.remaining(), Long.MAX_VALUE);
      }
      data.add(position, piece);
      legacy.add(position, piece);
      position += piece.remaining();
      bytes.position(bytes.limit());
      return count;
    }

    /** kohya hands over its metadata also when it is empty, which the reference writer writes. */
    private static ByteBuffer withMetadata(ByteBuffer start) {
      byte[] header = new byte[start.remaining() - PREFIX];
      start.duplicate().position(start.position() + PREFIX).get(header);
      String rest = new String(header, StandardCharsets.ISO_8859_1).stripTrailing().substring(1);
      String comma = rest.equals("}") ? "" : ",";
      byte[] tail = (comma + rest).getBytes(StandardCharsets.ISO_8859_1);
      int length = (NO_METADATA.length + tail.length + PREFIX - 1) / PREFIX * PREFIX;
      ByteBuffer whole = ByteBuffer.allocate(PREFIX + length).order(ByteOrder.LITTLE_ENDIAN);
      whole.putLong(length).put(NO_METADATA).put(tail);
      while (whole.hasRemaining()) {
        whole.put((byte) ' ');
      }
      return whole.flip();
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {}
  }
}

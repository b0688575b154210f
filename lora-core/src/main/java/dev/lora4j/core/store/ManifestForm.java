package dev.lora4j.core.store;

import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Manifests as bytes: a mark, what kind, the files with their pieces, and the SHA-256 of all that.
 * Numbers are big-endian. A piece is the number of its literal bytes and they, or {@link #OBJECT}
 * with digest and length.
 */
final class ManifestForm {
  private static final byte[] MARK = "L4JADAP1".getBytes(StandardCharsets.US_ASCII);
  private static final byte OBJECT = -1;
  private static final int LONGEST_NAME = 255;

  private ManifestForm() {}

  static byte[] write(Manifest manifest) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(MARK);
    out.write(manifest.folder() ? 1 : 0);
    out.writeBytes(number(manifest.files().size()));
    for (StoredFile file : manifest.files()) {
      byte[] name = file.name().getBytes(StandardCharsets.UTF_8);
      out.writeBytes(number(name.length));
      out.writeBytes(name);
      out.writeBytes(digest(file.sha256()));
      out.writeBytes(number(file.pieces().size()));
      file.pieces().forEach(piece -> write(out, piece));
    }
    out.writeBytes(digest(ObjectId.of(out.toByteArray())));
    return out.toByteArray();
  }

  private static void write(ByteArrayOutputStream out, Piece piece) {
    if (piece instanceof Piece.Literal literal) {
      out.write(literal.length());
      out.writeBytes(literal.bytes());
    } else if (piece instanceof Piece.Stored stored) {
      out.write(OBJECT);
      out.writeBytes(digest(stored.id()));
      out.writeBytes(number(stored.length()));
    }
  }

  private static byte[] number(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }

  private static byte[] digest(ObjectId id) {
    ByteBuffer bytes = ByteBuffer.allocate(ObjectId.BYTES);
    id.write(bytes);
    return bytes.array();
  }

  /** The manifest of these bytes; empty if they are none, or not as they were written. */
  static Optional<Manifest> read(byte[] bytes) {
    int body = bytes.length - ObjectId.BYTES;
    if (body < MARK.length || !Arrays.equals(MARK, Arrays.copyOf(bytes, MARK.length))) {
      return Optional.empty();
    }
    ObjectId said = ObjectId.read(ByteBuffer.wrap(bytes, body, ObjectId.BYTES));
    if (!said.equals(ObjectId.of(Arrays.copyOf(bytes, body)))) {
      return Optional.empty();
    }
    try {
      return Optional.of(manifest(ByteBuffer.wrap(bytes, MARK.length, body - MARK.length).slice()));
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Manifest manifest(ByteBuffer in) {
    boolean folder = in.get() == 1;
    int count = count(in, ObjectId.BYTES);
    List<StoredFile> files = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String name = name(in);
      ObjectId sha256 = ObjectId.read(in);
      int number = count(in, 1);
      List<Piece> pieces = new ArrayList<>(number);
      for (int j = 0; j < number; j++) {
        pieces.add(piece(in));
      }
      files.add(new StoredFile(name, sha256, pieces));
    }
    if (files.isEmpty() || in.hasRemaining() || (!folder && count > 1)) {
      throw new IllegalArgumentException("an adapter has files, and nothing else");
    }
    return new Manifest(folder, files);
  }

  /** A number of things that take at least so many bytes each. */
  private static int count(ByteBuffer in, int bytes) {
    int count = in.getInt();
    if (count < 0 || count > in.remaining() / bytes) {
      throw new IllegalArgumentException("more than there is");
    }
    return count;
  }

  private static String name(ByteBuffer in) {
    byte[] name = new byte[count(in, 1)];
    in.get(name);
    String text = new String(name, StandardCharsets.UTF_8);
    // Whoever made the manifest must not choose where else files are written.
    if (name.length > LONGEST_NAME || !StoredName.plain(text)) {
      throw new IllegalArgumentException("no name of a file");
    }
    return text;
  }

  private static Piece piece(ByteBuffer in) {
    byte kind = in.get();
    if (kind == OBJECT) {
      ObjectId id = ObjectId.read(in);
      int length = in.getInt();
      if (length < 1 || length > FilePieces.LONGEST) {
        throw new IllegalArgumentException("no length of an object");
      }
      return new Piece.Stored(id, length);
    }
    if (kind < 0 || kind > Piece.Literal.MOST) {
      throw new IllegalArgumentException("no piece");
    }
    byte[] bytes = new byte[kind];
    in.get(bytes);
    return new Piece.Literal(bytes);
  }
}

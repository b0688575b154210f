package dev.lora4j.text.gguf;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A GGUF file with more entries in its metadata, or other texts of the same length in it. */
public final class AlteredGguf {
  private static final int KEYS = 16;
  private static final int FIRST = 24;
  private static final int ALIGNMENT = 32;

  private final int before;
  private final ByteArrayOutputStream added = new ByteArrayOutputStream();
  private byte[] file;
  private int count;

  private AlteredGguf(byte[] file) {
    this.before = file.length;
    this.file = file;
  }

  /** A file as it is. */
  public static AlteredGguf of(Path path) throws IOException {
    return new AlteredGguf(Files.readAllBytes(path));
  }

  /** Adds a whole number, a number with a fraction, a truth value or a text. */
  public AlteredGguf with(String key, Object value) {
    text(key);
    if (value instanceof Integer number) {
      added.writeBytes(little(8).putInt(5).putInt(number).array());
    } else if (value instanceof Double number) {
      added.writeBytes(little(12).putInt(12).putDouble(number).array());
    } else if (value instanceof Boolean flag) {
      added.writeBytes(little(4).putInt(7).array());
      added.write(flag ? 1 : 0);
    } else {
      added.writeBytes(little(4).putInt(8).array());
      text(String.valueOf(value));
    }
    count++;
    return this;
  }

  /** Puts a text in the place of the first one that is {@code from}. */
  public AlteredGguf renamed(String from, String to) {
    byte[] old = from.getBytes(StandardCharsets.UTF_8);
    byte[] now = to.getBytes(StandardCharsets.UTF_8);
    for (int i = 8; i < file.length - old.length; i++) {
      boolean here =
          ByteBuffer.wrap(file, i, old.length).equals(ByteBuffer.wrap(old))
              && ByteBuffer.wrap(file, i - 8, 8).order(ByteOrder.LITTLE_ENDIAN).getLong()
                  == old.length;
      if (here) {
        ByteArrayOutputStream again = new ByteArrayOutputStream();
        again.write(file, 0, i - 8);
        again.writeBytes(little(8).putLong(now.length).array());
        again.writeBytes(now);
        again.write(file, i + old.length, file.length - i - old.length);
        file = again.toByteArray();
        return this;
      }
    }
    throw new IllegalArgumentException(from + " is not there");
  }

  /** Writes the file, with tensors where they have to be; returns its path. */
  public Path write(Path target) throws IOException {
    String filler = "test.filler";
    int more = file.length - before + added.size() + filler.length() + 20;
    with(filler, " ".repeat(Math.floorMod(-more, ALIGNMENT)));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.write(file, 0, FIRST);
    all.writeBytes(added.toByteArray());
    all.write(file, FIRST, file.length - FIRST);
    byte[] bytes = all.toByteArray();
    ByteBuffer counts = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    counts.putLong(KEYS, counts.getLong(KEYS) + count);
    return Files.write(target, bytes);
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    added.writeBytes(little(8).putLong(bytes.length).array());
    added.writeBytes(bytes);
  }

  private static ByteBuffer little(int count) {
    return ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
  }
}

package dev.lora4j.core.train.log;

import dev.lora4j.core.protobuf.ProtobufWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Locale;
import java.util.zip.CRC32C;

/**
 * An event file of TensorBoard: numbers and pictures by step, in the framing of TFRecord with
 * messages of {@code tensorflow.Event}.
 *
 * <p>Every event is handed to the system as a whole, so a process killed at any moment leaves at
 * most one torn record at the end, where TensorBoard stops reading.
 */
public final class EventFile implements AutoCloseable {
  private static final int WALL_TIME = 1;
  private static final int STEP = 2;
  private static final int FILE_VERSION = 3;
  private static final int SUMMARY = 5;
  private static final int SESSION_LOG = 7;
  private static final int SESSION_START = 1;
  private static final int RGB = 3;

  private final OutputStream out;
  private final Path file;

  private EventFile(OutputStream out, Path file) {
    this.out = out;
    this.file = file;
  }

  /**
   * Begins a file in {@code folder}, which is made if it is missing.
   *
   * @param step step that the run resumes from; TensorBoard drops later steps of the folder's older
   *     files
   */
  public static EventFile begin(Path folder, long step) {
    long now = System.currentTimeMillis();
    String name = String.format(Locale.ROOT, "events.out.tfevents.%010d.lora4j", now / 1000);
    try {
      Files.createDirectories(folder);
      Path file = unused(folder, name);
      OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE_NEW);
      EventFile events = new EventFile(out, file);
      events.write(event(0).text(FILE_VERSION, "brain.Event:2"));
      events.write(
          event(step).message(SESSION_LOG, new ProtobufWriter().integer(1, SESSION_START)));
      return events;
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write events into " + folder + ": " + e, e);
    }
  }

  private static Path unused(Path folder, String name) {
    Path file = folder.resolve(name);
    for (int i = 1; Files.exists(file); i++) {
      file = folder.resolve(name + "." + i);
    }
    return file;
  }

  /** Path of the file. */
  public Path file() {
    return file;
  }

  /** A number at a step; {@code tag} is its name, with slashes that group. */
  public void number(String tag, long step, double value) {
    write(
        event(step)
            .message(
                SUMMARY,
                new ProtobufWriter()
                    .message(1, new ProtobufWriter().text(1, tag).real32(2, (float) value))));
  }

  /** A picture at a step, as the bytes of a PNG file. */
  public void picture(String tag, long step, int width, int height, byte[] png) {
    ProtobufWriter image =
        new ProtobufWriter().integer(1, height).integer(2, width).integer(3, RGB).bytes(4, png);
    write(
        event(step)
            .message(
                SUMMARY,
                new ProtobufWriter()
                    .message(1, new ProtobufWriter().text(1, tag).message(4, image))));
  }

  private static ProtobufWriter event(long step) {
    return new ProtobufWriter()
        .real64(WALL_TIME, System.currentTimeMillis() / 1e3)
        .integer(STEP, step);
  }

  private void write(ProtobufWriter event) {
    byte[] data = event.toBytes();
    ByteBuffer record = ByteBuffer.allocate(data.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(masked(record.array(), 0, 8));
    record.put(data);
    record.putInt(masked(data, 0, data.length));
    try {
      out.write(record.array());
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }

  /** The checksum of TFRecord: CRC-32C, rotated and moved so that a CRC of CRCs is no fixpoint. */
  private static int masked(byte[] bytes, int from, int count) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, count);
    int value = (int) crc.getValue();
    return ((value >>> 15) | (value << 17)) + 0xa282ead8;
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + file + ": " + e.getMessage(), e);
    }
  }
}

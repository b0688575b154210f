package dev.lora4j.studio.run;

import dev.lora4j.core.train.log.CsvTracker;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import java.util.function.Function;

/**
 * The table of a training, which may be growing: each look reads what was added since the one
 * before. A training that is gone on with replaces the file, which is then read anew.
 */
final class LossTable {
  private static final String HEADING = "step," + String.join(",", CsvTracker.COLUMNS);
  private static final int CHUNK = 1 << 20;

  private final Path file;
  private final LossRows rows = new LossRows();
  private Object identity = "";
  private long position;

  LossTable(Path file) {
    this.file = file;
  }

  /**
   * What a look at the rows gives, as they are now.
   *
   * @param use must not keep the rows
   * @throws IOException if the file is there and cannot be read
   */
  synchronized <T> T look(Function<LossRows, T> use) throws IOException {
    read();
    return use.apply(rows);
  }

  private void read() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(file, BasicFileAttributes.class);
      Object found = now.fileKey() == null ? now.creationTime() : now.fileKey();
      if (!Objects.equals(found, identity) || now.size() < position) {
        identity = found;
        forget();
      }
      if (now.size() > position) {
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
          while (chunk(in)) {
            // Reads on.
          }
        }
      }
    } catch (NoSuchFileException e) {
      forget();
    }
  }

  private void forget() {
    position = 0;
    rows.clear();
  }

  /** Reads whole lines; false if there is none more. */
  private boolean chunk(SeekableByteChannel in) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(CHUNK);
    in.position(position);
    while (bytes.hasRemaining() && in.read(bytes) >= 0) {
      // Fills it.
    }
    int end = bytes.position();
    while (end > 0 && bytes.get(end - 1) != '\n') {
      end--;
    }
    if (end == 0) {
      return false; // the last line is being written, or this is no table
    }
    String text = new String(bytes.array(), 0, end, StandardCharsets.UTF_8);
    position += end;
    text.lines().forEach(this::line);
    return true;
  }

  private void line(String line) {
    String[] cells = line.split(",", -1);
    if (line.equals(HEADING) || cells.length != 1 + LossRows.WIDTH) {
      return;
    }
    try {
      float[] row = new float[LossRows.WIDTH];
      for (int i = 0; i < row.length; i++) {
        row[i] = cells[i + 1].isEmpty() ? Float.NaN : Float.parseFloat(cells[i + 1]);
      }
      rows.add(Integer.parseInt(cells[0]), row);
    } catch (NumberFormatException e) {
      // A line that somebody else wrote.
    }
  }
}

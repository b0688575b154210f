package dev.lora4j.core.train.log;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {
  @TempDir Path folder;

  /** The records of a file, without their checksums. */
  private static List<byte[]> records(Path file) throws Exception {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<byte[]> all = new ArrayList<>();
    while (bytes.hasRemaining()) {
      byte[] data = new byte[(int) bytes.getLong()];
      bytes.getInt();
      bytes.get(data);
      bytes.getInt();
      all.add(data);
    }
    return all;
  }

  /** Without the time, which is the first field: one byte of tag and eight of value. */
  private static byte[] timeless(byte[] event) {
    return java.util.Arrays.copyOfRange(event, 9, event.length);
  }

  @Test
  void eventRecordsAreFramedAsInTensorflow() throws Exception {
    // The length of the first record, which holds the time and the version.
    try (EventFile events = EventFile.begin(folder, 0)) {
      byte[] head = java.util.Arrays.copyOf(Files.readAllBytes(events.file()), 12);
      assertEquals("1a00000000000000", HexFormat.of().formatHex(head, 0, 8));
    }
    Path file = folder.resolve("other");
    try (EventFile events = EventFile.begin(file, 7)) {
      events.number("loss/train", 7, 0.5);
      events.picture("preview", 7, 3, 2, new byte[] {1, 2});
      List<byte[]> records = records(events.file());
      assertEquals(4, records.size());
      assertEquals(
          "\u0010\0\u001a\rbrain.Event:2",
          new String(timeless(records.get(0)), StandardCharsets.ISO_8859_1));
      assertArrayEquals(new byte[] {0x10, 7, 0x3a, 2, 8, 1}, timeless(records.get(1)));
      assertArrayEquals(
          HexFormat.of()
              .parseHex("1007" + "2a13" + "0a11" + "0a0a6c6f73732f747261696e" + "150000003f"),
          timeless(records.get(2)));
      assertArrayEquals(
          HexFormat.of()
              .parseHex(
                  "1007"
                      + "2a17"
                      + "0a15"
                      + "0a0770726576696577"
                      + "220a"
                      + "08021003"
                      + "1803"
                      + "22020102"),
          timeless(records.get(3)));
    }
  }

  @Test
  void twoRunsInOneSecondHaveTwoFiles() {
    try (EventFile one = EventFile.begin(folder, 0);
        EventFile two = EventFile.begin(folder, 0)) {
      assertEquals(2, folder.toFile().list().length, one.file() + " " + two.file());
    }
  }
}

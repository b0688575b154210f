package dev.lora4j.core.protobuf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProtobufTest {
  private static ProtobufWriter sample() {
    return new ProtobufWriter()
        .integer(1, 150)
        .text(2, "testing")
        .message(3, new ProtobufWriter().integer(1, -1))
        .real32(4, 1.5f)
        .real64(5, -2.25)
        .bytes(6, new byte[] {3, (byte) 0x8e, 2});
  }

  /** The examples of the format's own documentation. */
  @Test
  void bytesAreThoseOfTheDocumentation() {
    assertArrayEquals(
        HexFormat.of().parseHex("089601"), new ProtobufWriter().integer(1, 150).toBytes());
    assertArrayEquals(
        HexFormat.of().parseHex("120774657374696e67"),
        new ProtobufWriter().text(2, "testing").toBytes());
  }

  @Test
  void writtenFieldsReadBack() {
    ProtobufReader message = new ProtobufReader(ByteBuffer.wrap(sample().toBytes()));
    assertTrue(message.next());
    assertEquals(1, message.field());
    assertEquals(150, message.integer());
    assertEquals(List.of(150L), message.integers());
    assertTrue(message.next());
    assertEquals("testing", message.text());
    assertTrue(message.next());
    ProtobufReader inner = message.message();
    assertTrue(inner.next());
    assertEquals(-1, inner.integer());
    assertTrue(message.next());
    assertEquals(1.5f, message.real32());
    assertTrue(message.next());
    assertEquals(-2.25, message.real64());
    assertTrue(message.next());
    assertEquals(List.of(3L, 270L), message.integers());
    assertFalse(message.next());
  }

  @Test
  void cutMessagesAreRefused() {
    byte[] whole = sample().toBytes();
    for (int length = 1; length < whole.length; length++) {
      ProtobufReader cut = new ProtobufReader(ByteBuffer.wrap(Arrays.copyOf(whole, length)));
      int fields = 0;
      try {
        while (cut.next()) {
          fields++;
        }
        assertTrue(fields < 6, "all fields of " + length + " bytes");
      } catch (ProtobufException e) {
        assertFalse(String.valueOf(e.getMessage()).isEmpty());
      }
    }
  }

  @Test
  void otherFormIsRefused() {
    ProtobufReader message = new ProtobufReader(ByteBuffer.wrap(sample().toBytes()));
    assertTrue(message.next());
    assertThrows(ProtobufException.class, message::text);
    assertThrows(ProtobufException.class, message::real32);
  }
}

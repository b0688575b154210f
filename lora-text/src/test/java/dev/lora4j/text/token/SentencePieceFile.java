package dev.lora4j.text.token;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes models of SentencePiece for tests. */
final class SentencePieceFile {
  static final int NORMAL = 1;
  static final int UNKNOWN = 2;
  static final int CONTROL = 3;
  static final int USER_DEFINED = 4;
  static final int BYTE = 6;

  private final ByteArrayOutputStream pieces = new ByteArrayOutputStream();

  SentencePieceFile piece(String text, float score, int kind) {
    ByteArrayOutputStream piece = new ByteArrayOutputStream();
    bytes(piece, 1, text.getBytes(StandardCharsets.UTF_8));
    varint(piece, (2 << 3) | 5);
    piece.writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putFloat(score).array());
    number(piece, 3, kind);
    bytes(pieces, 1, piece.toByteArray());
    return this;
  }

  byte[] bpe(boolean dummyPrefix, boolean fewerSpaces) {
    return model(2, dummyPrefix, fewerSpaces);
  }

  byte[] unigram() {
    return model(1, true, true);
  }

  /** With the number of an algorithm. */
  byte[] model(int algorithm, boolean dummyPrefix, boolean fewerSpaces) {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    model.writeBytes(pieces.toByteArray());
    ByteArrayOutputStream trainer = new ByteArrayOutputStream();
    number(trainer, 3, algorithm);
    bytes(model, 2, trainer.toByteArray());
    ByteArrayOutputStream rules = new ByteArrayOutputStream();
    bytes(rules, 1, "identity".getBytes(StandardCharsets.UTF_8));
    number(rules, 3, dummyPrefix ? 1 : 0);
    number(rules, 4, fewerSpaces ? 1 : 0);
    bytes(model, 3, rules.toByteArray());
    return model.toByteArray();
  }

  private static void number(ByteArrayOutputStream to, int field, int value) {
    varint(to, field << 3);
    varint(to, value);
  }

  private static void bytes(ByteArrayOutputStream to, int field, byte[] content) {
    varint(to, (field << 3) | 2);
    varint(to, content.length);
    to.writeBytes(content);
  }

  private static void varint(ByteArrayOutputStream to, int value) {
    int left = value;
    while (left > 127) {
      to.write((left & 127) | 128);
      left >>>= 7;
    }
    to.write(left);
  }
}

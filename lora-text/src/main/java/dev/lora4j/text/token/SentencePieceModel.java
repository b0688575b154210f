package dev.lora4j.text.token;

import dev.lora4j.core.protobuf.ProtobufReader;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A model of SentencePiece (Kudo and Richardson 2018), the content of a {@code tokenizer.model} or
 * {@code spiece.model}.
 *
 * @param pieces the vocabulary; a piece's place is its id
 * @param algorithm how a text is divided into them
 * @param charsMap rules of normalisation, compiled; empty for none
 * @param dummyPrefix whether a text begins with a space that was not written
 * @param fewerSpaces whether spaces at both ends go, and several become one
 */
@SuppressWarnings("ArrayRecordComponent") // handed on as it is, and never compared
record SentencePieceModel(
    List<Piece> pieces,
    Algorithm algorithm,
    byte[] charsMap,
    boolean dummyPrefix,
    boolean fewerSpaces) {

  /** Algorithm that divides texts into pieces. */
  enum Algorithm {
    UNIGRAM,
    BPE
  }

  /** Kind of a piece; in the order of the format's numbers, which begin with 1. */
  enum Kind {
    NORMAL,
    UNKNOWN,
    CONTROL,
    USER_DEFINED,
    UNUSED,
    BYTE
  }

  /** A token: its text, with ▁ for a space, its logarithmic probability or priority, its kind. */
  record Piece(String text, float score, Kind kind) {}

  static SentencePieceModel read(Path file) throws IOException {
    try {
      return parse(ByteBuffer.wrap(RegularFile.bytes(file, RegularFile.VOCABULARY)));
    } catch (IllegalArgumentException e) {
      throw new TokenizerException(
          file, "is no model of SentencePiece, or damaged: " + e.getMessage(), e);
    }
  }

  private static SentencePieceModel parse(ByteBuffer content) {
    List<Piece> pieces = new ArrayList<>();
    Algorithm algorithm = Algorithm.UNIGRAM;
    byte[] charsMap = new byte[0];
    boolean dummyPrefix = true;
    boolean fewerSpaces = true;
    ProtobufReader model = new ProtobufReader(content);
    while (model.next()) {
      switch (model.field()) {
        case 1 -> pieces.add(piece(model.message()));
        case 2 -> algorithm = algorithm(model.message());
        case 3 -> {
          ProtobufReader rules = model.message();
          while (rules.next()) {
            switch (rules.field()) {
              case 2 -> charsMap = copied(rules.bytes());
              case 3 -> dummyPrefix = rules.flag();
              case 4 -> fewerSpaces = rules.flag();
              default -> {}
            }
          }
        }
        default -> {}
      }
    }
    if (pieces.isEmpty()) {
      throw new IllegalArgumentException("it has no pieces");
    }
    return new SentencePieceModel(
        List.copyOf(pieces), algorithm, charsMap, dummyPrefix, fewerSpaces);
  }

  private static byte[] copied(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy;
  }

  private static Piece piece(ProtobufReader fields) {
    String text = "";
    float score = 0;
    Kind kind = Kind.NORMAL;
    while (fields.next()) {
      switch (fields.field()) {
        case 1 -> text = fields.text();
        case 2 -> score = fields.real32();
        case 3 -> kind = kind((int) fields.integer());
        default -> {}
      }
    }
    return new Piece(text, score, kind);
  }

  /** The kind with the format's number. */
  static Kind kind(int number) {
    if (number < 1 || number > Kind.values().length) {
      throw new IllegalArgumentException("a piece is of the unknown kind " + number);
    }
    return Kind.values()[number - 1];
  }

  private static Algorithm algorithm(ProtobufReader fields) {
    Algorithm found = Algorithm.UNIGRAM;
    while (fields.next()) {
      if (fields.field() == 3) {
        found =
            switch ((int) fields.integer()) {
              case 1 -> Algorithm.UNIGRAM;
              case 2 -> Algorithm.BPE;
              default ->
                  throw new IllegalArgumentException(
                      "it divides by words or characters; BPE and Unigram are known");
            };
      }
    }
    return found;
  }
}

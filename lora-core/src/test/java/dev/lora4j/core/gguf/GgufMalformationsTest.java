package dev.lora4j.core.gguf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.gguf.GgufException.Kind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A file for each malformation, with the kind of its error and what its message names. */
class GgufMalformationsTest {
  private static final int F32 = 0;
  private static final int Q4_0 = 2;
  private static final long BEYOND = 1L << 48;

  @TempDir private Path folder;

  /** A file that must be refused. */
  enum Malformed {
    EMPTY(Kind.NOT_GGUF, "is empty", new byte[0]),
    OTHER_MAGIC(Kind.NOT_GGUF, "\"PK\\u0003\\u0004", new byte[] {'P', 'K', 3, 4, 0, 0, 0, 0}),
    BIG_ENDIAN(Kind.BIG_ENDIAN, "big-endian", GgufBuilder.file(3 << 24, 0, 0)),
    FIRST_VERSION(Kind.UNKNOWN_VERSION, "version 1", GgufBuilder.file(1, 0, 0)),
    FUTURE_VERSION(Kind.UNKNOWN_VERSION, "version 4", GgufBuilder.file(4, 0, 0)),
    TENSOR_COUNT(Kind.TOO_MANY_TENSORS, "18446744073709551615", GgufBuilder.file(3, -1, 0)),
    KEY_COUNT(Kind.TOO_MANY_KEYS, "100001", GgufBuilder.file(3, 0, 100_001)),
    CUT_COUNTS(
        Kind.HEADER_PAST_END, "ends inside", Arrays.copyOf(GgufBuilder.file(3, 0, 0).bytes(), 20)),
    CUT_ENTRIES(Kind.HEADER_PAST_END, "ends inside", GgufBuilder.file(3, 0, 1)),
    CUT_TEXT(
        Kind.HEADER_PAST_END,
        "key \"a\" of 77 bytes",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.STRING).doubleWord(77).bytes(1)),
    ENDLESS_TEXT(
        Kind.HEADER_PAST_END,
        "18446744073709551615 bytes",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.STRING).doubleWord(-1)),
    LONG_KEY(
        Kind.NAME_TOO_LONG,
        "65536 bytes",
        GgufBuilder.file(3, 0, 1).key("k".repeat(65_536), GgufValueType.U8).bytes(1)),
    EMPTY_KEY(
        Kind.BAD_NAME, "is empty", GgufBuilder.file(3, 0, 1).key("", GgufValueType.U8).bytes(1)),
    KEY_WITH_NUL(
        Kind.BAD_NAME, "NUL", GgufBuilder.file(3, 0, 1).key("a\0b", GgufValueType.U8).bytes(1)),
    KEY_NOT_UTF8(
        Kind.BAD_TEXT,
        "entry 1",
        GgufBuilder.file(3, 0, 1).doubleWord(2).bytes(0xff, 0xfe).word(0).bytes(1)),
    TEXT_NOT_UTF8(
        Kind.BAD_TEXT,
        "\"a\"",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.STRING).doubleWord(1).bytes(0xff)),
    VALUE_TYPE(Kind.UNKNOWN_VALUE_TYPE, "type 13", GgufBuilder.file(3, 0, 1).text("a").word(13)),
    ELEMENT_TYPE(
        Kind.UNKNOWN_VALUE_TYPE,
        "\"a\"",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.ARRAY).word(-1).doubleWord(1)),
    FLAG(Kind.BAD_FLAG, "but 2", GgufBuilder.file(3, 0, 1).key("a", GgufValueType.BOOL).bytes(2)),
    ARRAYS_IN_ARRAYS(Kind.TOO_DEEP, "4 deep", nested(5)),
    ARRAY_OF_TOO_MANY(
        Kind.TOO_MANY_ELEMENTS,
        "4194305",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.ARRAY).word(0).doubleWord(4_194_305)),
    ARRAY_PAST_THE_END(
        Kind.HEADER_PAST_END,
        "4000000 elements of U64",
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.ARRAY).word(10).doubleWord(4_000_000)),
    KEY_TWICE(
        Kind.DUPLICATE_KEY,
        "\"a\"",
        GgufBuilder.file(3, 0, 2)
            .key("a", GgufValueType.U8)
            .bytes(1)
            .key("a", GgufValueType.U8)
            .bytes(1)),
    ALIGNMENT_ZERO(Kind.BAD_ALIGNMENT, "is 0", aligned(0)),
    ALIGNMENT_NO_POWER(Kind.BAD_ALIGNMENT, "is 48", aligned(48)),
    ALIGNMENT_TOO_LARGE(Kind.BAD_ALIGNMENT, "is 131072", aligned(1 << 17)),
    ALIGNMENT_OF_ANOTHER_TYPE(
        Kind.BAD_ALIGNMENT,
        "general.alignment",
        GgufBuilder.file(3, 0, 1).key("general.alignment", GgufValueType.U8).bytes(32)),
    TENSOR_TWICE(
        Kind.DUPLICATE_TENSOR,
        "\"w\"",
        GgufBuilder.file(3, 2, 0).tensor("w", F32, 0, 8).tensor("w", F32, 32, 8).data(64)),
    TENSOR_WITHOUT_NAME(
        Kind.BAD_NAME, "is empty", GgufBuilder.file(3, 1, 0).tensor("", F32, 0, 8).data(32)),
    FIVE_DIMENSIONS(
        Kind.TOO_MANY_DIMENSIONS,
        "\"w\" has 5",
        GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 1, 1, 1, 1, 8).data(32)),
    HUGE_SIZE(
        Kind.BAD_SIZE, "281474976710656", GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, BEYOND)),
    NEGATIVE_OFFSET(
        Kind.BAD_SIZE, "offset", GgufBuilder.file(3, 1, 0).tensor("w", F32, -32, 8).data(32)),
    SIZES_THAT_OVERFLOW(
        Kind.SIZE_OVERFLOW,
        "\"w\"",
        GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 1L << 40, 1L << 40)),
    LENGTH_TOO_LARGE(
        Kind.BAD_SIZE, "length", GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 1L << 40, 1 << 10)),
    TENSOR_TYPE(
        Kind.UNKNOWN_TENSOR_TYPE,
        "type 4,",
        GgufBuilder.file(3, 1, 0).tensor("w", 4, 0, 32).data(32)),
    ROW_OF_HALF_A_BLOCK(
        Kind.PARTIAL_BLOCK,
        "rows of 48",
        GgufBuilder.file(3, 1, 0).tensor("w", Q4_0, 0, 48, 2).data(64)),
    UNALIGNED(
        Kind.MISALIGNED,
        "begins at 16",
        GgufBuilder.file(3, 2, 0).tensor("v", F32, 0, 4).tensor("w", F32, 16, 4).data(32)),
    OVERLAPPING(
        Kind.RANGE_OVERLAP,
        "\"w\" begins at 0",
        GgufBuilder.file(3, 2, 0).tensor("v", F32, 0, 8).tensor("w", F32, 0, 8).data(64)),
    APART(
        Kind.RANGE_HOLE,
        "\"w\" begins at 64",
        GgufBuilder.file(3, 2, 0).tensor("v", F32, 0, 8).tensor("w", F32, 64, 8).data(96)),
    CUT_DATA(
        Kind.TRUNCATED,
        "need 32 bytes and 31",
        GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 8).data(31)),
    HEADER_ALONE(
        Kind.TRUNCATED,
        "need 32 bytes and 0",
        GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 8).bytes()),
    MORE_DATA(
        Kind.TRAILING_BYTES,
        "32 bytes follow",
        GgufBuilder.file(3, 1, 0).tensor("w", F32, 0, 8).data(64));

    final Kind kind;
    final String named;

    @SuppressWarnings("ImmutableEnumChecker") // Nobody writes to it.
    final byte[] bytes;

    Malformed(Kind kind, String named, GgufBuilder file) {
      this(kind, named, file.bytes());
    }

    Malformed(Kind kind, String named, byte[] bytes) {
      this.kind = kind;
      this.named = named;
      this.bytes = bytes.clone();
    }

    private static GgufBuilder nested(int depth) {
      GgufBuilder file = GgufBuilder.file(3, 0, 1).key("a", GgufValueType.ARRAY);
      for (int i = 1; i < depth; i++) {
        file.word(GgufValueType.ARRAY.number()).doubleWord(1);
      }
      return file.word(GgufValueType.U8.number()).doubleWord(1).bytes(7);
    }

    private static GgufBuilder aligned(int alignment) {
      return GgufBuilder.file(3, 0, 1).key("general.alignment", GgufValueType.U32).word(alignment);
    }
  }

  @ParameterizedTest
  @EnumSource
  void malformedFileIsRefusedForItsReason(Malformed file) throws IOException {
    Path path = Files.write(folder.resolve("model.gguf"), file.bytes);
    GgufException refusal = assertThrows(GgufException.class, () -> GgufFile.open(path));
    String message = refusal.getMessage();
    assertEquals(file.kind, refusal.kind(), message);
    String text = message.substring(path.toString().length());
    assertTrue(message.startsWith(path.toString()) && message.endsWith("."), message);
    assertTrue(text.contains(file.named), message);
    assertTrue(text.length() < 300 && text.chars().noneMatch(Character::isISOControl), message);
  }

  @Test
  void everyMalformationHasAFile() {
    EnumSet<Kind> expected = EnumSet.range(Kind.NOT_GGUF, Kind.TRAILING_BYTES);
    expected.remove(Kind.HEADER_TOO_LARGE); // a file of 100 MB, below
    assertEquals(
        expected, Stream.of(Malformed.values()).map(f -> f.kind).collect(Collectors.toSet()));
  }

  @Test
  void headerBeyondTheLimitIsRefused() throws IOException {
    Path path = folder.resolve("large.gguf");
    byte[] start =
        GgufBuilder.file(3, 0, 1).key("a", GgufValueType.STRING).doubleWord(100_000_000).bytes();
    Files.write(path, start);
    try (var file = new RandomAccessFile(path.toFile(), "rw")) {
      file.setLength(200_000_000); // sparse
    }
    GgufException refusal = assertThrows(GgufException.class, () -> GgufFile.open(path));
    assertEquals(Kind.HEADER_TOO_LARGE, refusal.kind(), refusal.getMessage());
  }

  /** Whatever is damaged or cut in a sound file, it is read by the rules or refused. */
  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    byte[] sound =
        Files.readAllBytes(Path.of("src/test/resources/dev/lora4j/core/gguf/types.gguf"));
    assertTrue(GgufContract.check(sound).isPresent());
    Random random = new Random(5);
    int accepted = 0;
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged =
          random.nextInt(4) == 0 ? Arrays.copyOf(sound, random.nextInt(2000)) : sound.clone();
      for (int n = random.nextInt(4); n >= 0 && damaged.length > 0; n--) {
        damaged[random.nextInt(Math.min(damaged.length, 1800))] = (byte) random.nextInt(256);
      }
      accepted += GgufContract.check(damaged).isPresent() ? 1 : 0;
    }
    assertTrue(accepted > 100 && accepted < 19_000, accepted + " accepted");
  }
}

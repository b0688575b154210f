package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that must be refused, each for its own reason, and unusual ones that must not. Made by
 * {@code src/test/golden/safetensors_corpus.py}.
 */
class HostileFileTest {
  private static final String CORPUS = "SafetensorsFuzzTestInputs/opensOrRefuses/";

  static List<Path> hostile() {
    return TestFiles.list(CORPUS + "hostile");
  }

  static List<Path> valid() {
    return TestFiles.list(CORPUS + "valid");
  }

  static Kind kindOf(Path file) {
    return Kind.valueOf(file.getFileName().toString().split("\\.", -1)[0]);
  }

  @ParameterizedTest
  @MethodSource("hostile")
  void hostileFileIsRefusedForItsReason(Path file) {
    SafetensorsException refusal =
        assertThrows(SafetensorsException.class, () -> Safetensors.open(file).close());
    assertEquals(kindOf(file), refusal.kind(), refusal.getMessage());
    requireReadable(file, refusal.getMessage());
  }

  /** One or two plain sentences that name the file and that no terminal can be fooled by. */
  private static void requireReadable(Path file, String message) {
    assertTrue(message.startsWith(file.toString()), message);
    assertTrue(message.endsWith("."), message);
    String text = message.substring(file.toString().length());
    assertTrue(text.length() < 400, message);
    assertTrue(text.split("\\. ", -1).length <= 3, message);
    assertTrue(text.chars().noneMatch(Character::isISOControl), message);
  }

  @ParameterizedTest
  @MethodSource("valid")
  void unusualFileIsOpened(Path file) throws IOException {
    try (Safetensors opened = Safetensors.open(file)) {
      long bytes = opened.tensors().values().stream().mapToLong(TensorInfo::length).sum();
      long start = Files.size(file) - bytes;
      for (TensorInfo tensor : opened.tensors().values()) {
        assertEquals(tensor.length(), opened.bytes(tensor.name()).length);
        assertEquals(start + tensor.begin(), opened.absoluteOffset(tensor.name()));
      }
      assertEquals(List.of(), opened.warnings());
    }
  }

  @Test
  void everyMalformationOfOneFileHasAFile() {
    Set<Kind> expected = EnumSet.range(Kind.IS_PICKLE, Kind.TRAILING_BYTES);
    // Only found in what lenient readers skip; and files too large to be kept, in LimitsTest.
    expected.removeAll(EnumSet.of(Kind.TOO_DEEP, Kind.TOO_MANY_TENSORS, Kind.TOO_MUCH_METADATA));
    assertEquals(
        expected, hostile().stream().map(HostileFileTest::kindOf).collect(Collectors.toSet()));
  }

  @Test
  void acceptsNothingThatTheReferenceReaderRefuses() throws IOException {
    List<String> verdicts = Files.readAllLines(TestFiles.resource("reference.tsv"));
    assertEquals(hostile().size() + valid().size(), verdicts.size());
    for (String line : verdicts) {
      String[] columns = line.split("\t", 2);
      if (columns[0].startsWith("valid/")) {
        assertEquals("accepted", columns[1], line);
      }
    }
  }
}

package dev.lora4j.core.safetensors;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a lenient reader opens with a warning, and what it still refuses. */
class LeniencyTest {
  private static final String ONE = "\"dtype\":\"U8\",\"shape\":[2],\"data_offsets\":[0,2]";

  @TempDir Path folder;

  private Path write(byte[] content) throws IOException {
    return Files.write(folder.resolve("a.safetensors"), content);
  }

  @Test
  void opensWithOneWarningForEachMalformation() throws IOException {
    Path file =
        write(
            TestFiles.file(
                " {\"a\":{\"x\":[{}],\"y\":1," + ONE + "}}", (byte) 1, (byte) 2, (byte) 3));
    try (Safetensors opened = Safetensors.openLenient(file)) {
      assertEquals(3, opened.warnings().size(), opened.warnings().toString());
      assertTrue(opened.warnings().toString().contains("1 bytes follow"));
      assertTrue(opened.warnings().toString().contains("1 more like it"));
      assertEquals(2, opened.bytes("a")[1]);
    }
  }

  @Test
  void leniencyToleratesOnlyItsOwnMalformations() throws IOException {
    Path file = write(TestFiles.file(" {\"a\":{" + ONE + "}}", (byte) 1, (byte) 2, (byte) 3));
    assertEquals(Kind.LEADING_WHITESPACE, refusal(file, Set.of(Leniency.TRAILING_BYTES)));
    assertEquals(Kind.TRAILING_BYTES, refusal(file, Set.of(Leniency.LEADING_WHITESPACE)));
  }

  private static Kind refusal(Path file, Set<Leniency> tolerated) {
    return assertThrows(SafetensorsException.class, () -> Safetensors.open(file, tolerated).close())
        .kind();
  }

  @Test
  void deepNestingInSkippedFieldsIsRefused() throws IOException {
    String deep = "[".repeat(17) + "]".repeat(17);
    Path file =
        write(TestFiles.file("{\"a\":{\"x\":" + deep + "," + ONE + "}}", (byte) 1, (byte) 2));
    assertEquals(Kind.TOO_DEEP, refusal(file, EnumSet.allOf(Leniency.class)));
  }

  @Test
  void stillRefusesEveryOtherHostileFile() {
    Set<Kind> tolerable =
        Arrays.stream(Leniency.values()).map(Leniency::kind).collect(Collectors.toSet());
    List<Path> opened =
        HostileFileTest.hostile().stream().filter(LeniencyTest::opensLeniently).toList();
    for (Path file : opened) {
      assertTrue(tolerable.contains(HostileFileTest.kindOf(file)), file.toString());
    }
    assertEquals(6, opened.size(), opened.toString());
  }

  private static boolean opensLeniently(Path file) {
    try (Safetensors opened = Safetensors.openLenient(file)) {
      return !opened.warnings().isEmpty();
    } catch (SafetensorsException e) {
      return false;
    }
  }
}

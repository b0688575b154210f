package dev.lora4j.core.quantised.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files with quantised weights; the same ones in every build. */
class QuantisedMutationTest {
  private static final Path SEEDS =
      Path.of(
          "src/test/resources/dev/lora4j/core/quantised/file/QuantisedFuzzTestInputs/opensOrRefuses");

  private static final List<String> WORDS =
      List.of("\"U8\"", "\"F32\"", "\"I8\"", "[1]", "[0]", "-1", "64", "1e9", "null", "NaN");

  @TempDir private Path folder;

  private static List<byte[]> seeds() throws IOException {
    try (Stream<Path> files = Files.list(SEEDS)) {
      List<Path> sorted = files.sorted().toList();
      List<byte[]> all = new ArrayList<>();
      for (Path file : sorted) {
        all.add(Files.readAllBytes(file));
      }
      return all;
    }
  }

  @Test
  void seedsHaveWeightsOfEachKind() throws IOException {
    int[] found =
        seeds().stream()
            .mapToInt(s -> QuantisedContract.check(s, folder.resolve("f.safetensors")))
            .toArray();
    assertEquals(3, found.length);
    for (int weights : found) {
      assertTrue(weights > 0, weights + " quantised weights");
    }
  }

  @Test
  void damagedFilesAreReadOrRefused() throws IOException {
    List<byte[]> seeds = seeds();
    Random random = new Random(11);
    Path file = folder.resolve("f.safetensors");
    int accepted = 0;
    int refused = 0;
    for (int i = 0; i < 4000; i++) {
      byte[] mutant = seeds.get(random.nextInt(seeds.size())).clone();
      for (int n = random.nextInt(3); n >= 0; n--) {
        int at = 8 + random.nextInt(mutant.length - 8);
        if (random.nextBoolean()) {
          mutant[at] = (byte) random.nextInt(256);
        } else {
          byte[] word = WORDS.get(random.nextInt(WORDS.size())).getBytes(StandardCharsets.US_ASCII);
          System.arraycopy(word, 0, mutant, at, Math.min(word.length, mutant.length - at));
        }
      }
      if (QuantisedContract.check(mutant, file) >= 0) {
        accepted++;
      } else {
        refused++;
      }
    }
    assertTrue(accepted > 300 && refused > 300, accepted + " accepted, " + refused + " refused");
  }
}

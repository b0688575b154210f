package dev.lora4j.core.format.metadata;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against hashes computed by their definition with the reference package, see hashes.py. */
class HashesTest {
  @TempDir Path folder;

  private static byte[] resource(String name) throws IOException {
    try (InputStream in = HashesTest.class.getResourceAsStream(name)) {
      return Objects.requireNonNull(in, name).readAllBytes();
    }
  }

  private static String[] golden(String name) throws IOException {
    String table = new String(resource("hashes.tsv"), StandardCharsets.UTF_8);
    return table
        .lines()
        .map(line -> line.split("\t"))
        .filter(columns -> columns[0].equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static void check(String name, Path file) throws IOException {
    String[] golden = golden(name);
    try (Safetensors opened = Safetensors.open(file)) {
      FileHashes hashes = FileHashes.of(opened);
      assertEquals(golden[1], hashes.sha256());
      assertEquals(golden[1], FileHashes.sha256(file));
      assertEquals(golden[2], hashes.data());
      assertEquals(golden[3], hashes.legacy());
      assertEquals(golden[3], FileHashes.legacy(file));
      assertEquals(new KohyaHashes(golden[4], golden[5]), KohyaHashes.of(opened));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain.safetensors", "mixed.safetensors", "shuffled.safetensors"})
  void smallFilesHaveTheReferenceHashes(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.write(file, resource(name));
    check(name, file);
  }

  private static SafetensorsWriter large() {
    byte[] pattern = new byte[0x100000 + 100_000];
    for (int i = 0; i < pattern.length; i++) {
      pattern[i] = (byte) (i * 131L % 251);
    }
    return new SafetensorsWriter().add("w", DType.U8, Shape.of(pattern.length), pattern);
  }

  @Test
  void largeFilesHaveTheReferenceHashes() throws IOException {
    Path file = folder.resolve("large.safetensors");
    large().metadata(Map.of("ss_output_name", "ink")).write(file);
    check("large", file);
    large().metadata(Map.of("modelspec.title", "x".repeat(1000))).write(file);
    check("large-titled", file);
    String[] titled = golden("large-titled");
    assertNotEquals(titled[3], titled[5], "the title has to move the window");
  }

  @Test
  void hashesBeforeWritingEqualThoseOfTheFile() {
    Metadata metadata = Metadata.EMPTY.with(KohyaKeys.OUTPUT_NAME, "ink");
    SafetensorsWriter writer = large();
    KohyaHashes before = KohyaHashes.of(writer, metadata);
    Metadata written =
        metadata
            .with(KohyaKeys.MODEL_HASH, before.model())
            .with(KohyaKeys.LEGACY_HASH, before.legacy())
            .with(ModelSpecKeys.TITLE, "Ink");
    Path file = folder.resolve("written.safetensors");
    writer.metadata(written.entries()).write(file);
    try (Safetensors opened = Safetensors.open(file)) {
      assertEquals(before, KohyaHashes.of(opened));
      assertEquals(before.model(), FileHashes.of(opened).data());
    }
  }

  @Test
  void namesOfSitesAndTools() {
    FileHashes hashes = new FileHashes("ab".repeat(32), "cd".repeat(32), "01234567");
    assertEquals("ABABABABAB", hashes.autoV2());
    assertEquals("cd".repeat(32), hashes.autoV3());
    assertEquals("cdcdcdcdcdcd", hashes.shortHash(Metadata.EMPTY));
    Metadata kohyas = Metadata.EMPTY.with(KohyaKeys.MODEL_HASH, "ef".repeat(32));
    assertEquals("efefefefefef", hashes.shortHash(kohyas));
    assertTrue(hashes.sha256().startsWith(hashes.autoV2().toLowerCase(java.util.Locale.ROOT)));
  }
}

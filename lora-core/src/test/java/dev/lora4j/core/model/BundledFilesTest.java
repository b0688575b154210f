package dev.lora4j.core.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundledFilesTest {
  private static final Map<String, String> FILES =
      Map.of("a.json", "{}", "unet/config.json", "{\"a\": 1}", "vae/b.txt", "b");

  @TempDir private Path home;

  /** A bundle of which one file is not as it should be. */
  private static BundledFiles bundle(String broken) {
    StringBuilder index = new StringBuilder();
    FILES.keySet().stream()
        .sorted()
        .forEach(name -> index.append(sha256(FILES.get(name)) + " " + name + "\n"));
    return new BundledFiles(
        name -> {
          if (name.equals("index.txt")) {
            return new ByteArrayInputStream(index.toString().getBytes(StandardCharsets.UTF_8));
          }
          String file = name.substring("files/".length());
          byte[] content = FILES.get(file).getBytes(StandardCharsets.UTF_8);
          if (!broken.endsWith(file)) {
            return new ByteArrayInputStream(content);
          }
          return switch (broken.charAt(0)) {
            case '-' -> null;
            case '~' -> new ByteArrayInputStream(new byte[3]);
            default -> new Failing();
          };
        },
        "test");
  }

  private static final class Failing extends InputStream {
    @Override
    public int read() throws IOException {
      throw new IOException("no space left on device");
    }

    @Override
    public int read(byte[] bytes, int from, int most) throws IOException {
      return read();
    }
  }

  private static String sha256(String text) {
    try {
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (java.security.NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private List<String> found(Path in) throws IOException {
    try (Stream<Path> files = Files.walk(in)) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> in.relativize(f).toString())
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"-vae/b.txt", "~vae/b.txt", "!vae/b.txt", "!unet/config.json"})
  void failedUnpackingLeavesNothingAndNextSucceeds(String broken) throws IOException {
    UncheckedIOException thrown =
        assertThrows(UncheckedIOException.class, () -> bundle(broken).unpacked(home));
    assertTrue(thrown.getMessage().contains("set LORA4J_HOME"), thrown.getMessage());
    try (Stream<Path> left = Files.list(home)) {
      assertEquals(0, left.count());
    }
    assertEquals(FILES.keySet().stream().sorted().toList(), found(bundle("none").unpacked(home)));
  }

  @Test
  void removedFileIsUnpackedAgain() throws IOException {
    Path folder = bundle("none").unpacked(home);
    Files.delete(folder.resolve("unet/config.json"));
    Files.delete(folder.resolve("unet"));
    assertThrows(UncheckedIOException.class, () -> bundle("!unet/config.json").unpacked(home));
    assertEquals(2, found(folder).size());
    assertEquals(folder, bundle("none").unpacked(home));
    assertEquals("{\"a\": 1}", Files.readString(folder.resolve("unet/config.json")));
  }

  @Test
  void oldUnpackingFoldersAreRemoved() throws IOException {
    Path old = Files.createDirectories(home.resolve(".unpacking-1/unet"));
    Files.writeString(old.resolve("half"), "half");
    Path young = Files.createDirectories(home.resolve(".unpacking-2"));
    Files.setLastModifiedTime(home.resolve(".unpacking-1"), FileTime.fromMillis(0));
    bundle("none").unpacked(home);
    assertTrue(Files.notExists(home.resolve(".unpacking-1")));
    assertTrue(Files.exists(young));
  }

  @Test
  void unpackedBundleIsReusedWithoutWriting() throws IOException {
    Path folder = bundle("none").unpacked(home);
    FileTime before = Files.getLastModifiedTime(home);
    assertEquals(folder, bundle("!a.json").unpacked(home));
    assertEquals(before, Files.getLastModifiedTime(home));
  }
}

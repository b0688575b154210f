package dev.lora4j.core.model;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Files of a jar as files on disk, since models are read from folders. {@code index.txt} in the
 * class's package lists them, each line the SHA-256 of a file and its path below {@code files/}.
 */
public final class BundledFiles {
  private static final int NAME_LENGTH = 16;
  private static final String UNPACKING = ".unpacking-";

  /** Age at which a temporary folder is abandoned. */
  private static final Duration ABANDONED = Duration.ofHours(1);

  private static final int CHUNK = 1 << 16;

  /** Source of the bundled files. */
  @FunctionalInterface
  interface Resources {
    /** The content of one, or null. */
    @Nullable InputStream open(String name);
  }

  private final Resources resources;
  private final String name;

  /**
   * The files of a jar.
   *
   * @param beside a class in whose package they lie
   * @param name of the folder below the user's {@code .lora4j} that they are unpacked to
   */
  public BundledFiles(Class<?> beside, String name) {
    this(beside::getResourceAsStream, name);
  }

  BundledFiles(Resources resources, String name) {
    this.resources = resources;
    this.name = name;
  }

  /** The folder that holds the files; unpacked first if it is not there. */
  public Path unpacked() {
    return unpacked(home().resolve(name));
  }

  /** The folder below {@code home} that holds the files; unpacks missing ones. */
  Path unpacked(Path home) {
    byte[] index = bytes("index.txt");
    Path folder = home.resolve(Digests.hex(index).substring(0, NAME_LENGTH));
    Map<String, String> hashes = new LinkedHashMap<>();
    for (String line : new String(index, StandardCharsets.UTF_8).lines().toList()) {
      List<String> parts = List.of(line.split(" ", 2));
      hashes.put(parts.get(1), parts.get(0));
    }
    try {
      if (!Files.isDirectory(folder)) {
        Files.createDirectories(home);
        removeAbandoned(home);
        unpackInto(home, hashes, folder);
      }
      // Another program may have deleted some of it.
      for (Map.Entry<String, String> file : hashes.entrySet()) {
        if (!Files.exists(folder.resolve(file.getKey()))) {
          unpack(file.getKey(), file.getValue(), folder.resolve(file.getKey()));
        }
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot unpack the bundled model to "
              + home
              + " ("
              + e.getMessage()
              + "); set LORA4J_HOME to a folder that can be written.",
          e);
    }
  }

  private void unpackInto(Path home, Map<String, String> hashes, Path folder) throws IOException {
    Path temporary = Files.createTempDirectory(home, UNPACKING);
    try {
      for (Map.Entry<String, String> file : hashes.entrySet()) {
        unpack(file.getKey(), file.getValue(), temporary.resolve(file.getKey()));
      }
      publish(temporary, folder);
    } finally {
      remove(temporary);
    }
  }

  static Path home() {
    return Optional.ofNullable(System.getenv("LORA4J_HOME"))
        .filter(v -> !v.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".lora4j"));
  }

  /** Whole and on the disk from the moment that it has its name. */
  private void unpack(String name, String expected, Path target) throws IOException {
    Files.createDirectories(target.resolveSibling("."));
    AtomicFile.write(
        target,
        out -> {
          MessageDigest digest = Digests.sha256();
          try (InputStream in = new DigestInputStream(open("files/" + name), digest)) {
            byte[] chunk = new byte[CHUNK];
            for (int count = in.read(chunk); count >= 0; count = in.read(chunk)) {
              ByteBuffer bytes = ByteBuffer.wrap(chunk, 0, count);
              while (bytes.hasRemaining()) {
                out.write(bytes);
              }
            }
          }
          if (!Digests.hex(digest).equals(expected)) {
            throw new IOException("the bundled file " + name + " is damaged");
          }
        });
  }

  /**
   * Renames the folder in one step, so that no reader sees half of it; the second process keeps the
   * first's.
   */
  private static void publish(Path temporary, Path folder) throws IOException {
    try {
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
      // The other one is as good.
    }
  }

  /** Removes the unfinished files of killed processes. */
  private static void removeAbandoned(Path home) throws IOException {
    Instant limit = Instant.now().minus(ABANDONED);
    try (DirectoryStream<Path> left = Files.newDirectoryStream(home, UNPACKING + "*")) {
      for (Path folder : left) {
        if (Files.getLastModifiedTime(folder).toInstant().isBefore(limit)) {
          remove(folder);
        }
      }
    }
  }

  private static void remove(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  private byte[] bytes(String name) {
    try (InputStream in = open(name)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot read the bundled " + name, e);
    }
  }

  private InputStream open(String name) throws IOException {
    return Optional.ofNullable(resources.open(name))
        .orElseThrow(() -> new IOException("the jar lacks " + name));
  }
}

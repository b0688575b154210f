package dev.lora4j.core.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Files of a jar as files on disk, since models are read from folders. {@code index.txt} beside the
 * class lists them, each line the SHA-256 of a file and its path below {@code files/}.
 */
public final class Bundle {
  private static final int NAME_LENGTH = 16;

  private final Class<?> beside;
  private final String name;

  /**
   * The files of a jar.
   *
   * @param beside a class in whose package they lie
   * @param name of the folder below the user's {@code .lora4j} that they are unpacked to
   */
  public Bundle(Class<?> beside, String name) {
    this.beside = beside;
    this.name = name;
  }

  /** The folder that holds the files; unpacked first if it is not there. */
  public Path unpacked() {
    byte[] index = bytes("index.txt");
    Path home = home().resolve(name);
    Path folder = home.resolve(hex(sha256().digest(index)).substring(0, NAME_LENGTH));
    if (Files.isDirectory(folder)) {
      return folder;
    }
    try {
      Files.createDirectories(home);
      Path temporary = Files.createTempDirectory(home, ".unpacking-");
      for (String line : new String(index, StandardCharsets.UTF_8).lines().toList()) {
        List<String> parts = List.of(line.split(" ", 2));
        unpack(parts.get(1), parts.get(0), temporary.resolve(parts.get(1)));
      }
      publish(temporary, folder);
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

  static Path home() {
    return Optional.ofNullable(System.getenv("LORA4J_HOME"))
        .filter(v -> !v.isBlank())
        .map(Path::of)
        .orElseGet(() -> Path.of(System.getProperty("user.home"), ".lora4j"));
  }

  private void unpack(String name, String expected, Path target) throws IOException {
    Files.createDirectories(target.getParent());
    MessageDigest digest = sha256();
    try (InputStream in = new DigestInputStream(open("files/" + name), digest)) {
      Files.copy(in, target);
    }
    if (!hex(digest.digest()).equals(expected)) {
      throw new IOException("the bundled file " + name + " is damaged");
    }
  }

  /** One step, so that no reader sees half a folder; whoever comes second keeps the first's. */
  private static void publish(Path temporary, Path folder) throws IOException {
    try {
      Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileAlreadyExistsException | java.nio.file.DirectoryNotEmptyException e) {
      try (Stream<Path> files = Files.walk(temporary)) {
        for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(file);
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
    return Optional.ofNullable(beside.getResourceAsStream(name))
        .orElseThrow(() -> new IOException("the jar lacks " + name));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}

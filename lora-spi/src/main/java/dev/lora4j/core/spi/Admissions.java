package dev.lora4j.core.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What a user admitted in a plug-ins folder, by the SHA-256 of each jar: another build of it has to
 * be admitted again.
 *
 * <p>The file {@value #FILE} has a line for each: the hash, the capabilities separated by commas,
 * and the file's name for people. If there is a file {@value #ALLOW_LIST}, which may be empty, jars
 * that are not admitted are not used at all, whatever they ask for.
 */
public final class Admissions {
  /** The file of admissions. */
  public static final String FILE = "admitted.txt";

  /** The file whose presence turns the admissions into a list of all that is allowed. */
  public static final String ALLOW_LIST = "only-admitted";

  private final Path folder;
  private final Map<String, Set<Capability>> byHash;

  private Admissions(Path folder, Map<String, Set<Capability>> byHash) {
    this.folder = folder;
    this.byHash = byHash;
  }

  /**
   * Those of a folder.
   *
   * @throws ExtensionException if the file has a line of another form
   */
  public static Admissions read(Path folder) {
    Map<String, Set<Capability>> byHash = new LinkedHashMap<>();
    Path file = folder.resolve(FILE);
    if (Files.exists(file)) {
      try {
        for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
          if (!line.isBlank() && !line.startsWith("#")) {
            String[] words = line.strip().split("\\s+", 3);
            byHash.put(words[0].toLowerCase(Locale.ROOT), capabilities(file, words));
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return new Admissions(folder, byHash);
  }

  private static Set<Capability> capabilities(Path file, String... words) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    try {
      if (!words[0].matches("[0-9a-fA-F]{64}")) {
        throw new IllegalArgumentException("'" + words[0] + "' is no SHA-256.");
      }
      for (String word :
          words.length < 2 || words[1].equals("-") ? new String[0] : words[1].split(",", -1)) {
        all.add(Capability.parse(word));
      }
    } catch (IllegalArgumentException e) {
      throw new ExtensionException(file + " cannot be read: " + e.getMessage(), e);
    }
    return all;
  }

  /** Whether a jar may be used at all. */
  boolean allows(Path jar) {
    return !Files.exists(allowList()) || byHash.containsKey(sha256(jar));
  }

  Path allowList() {
    return folder.resolve(ALLOW_LIST);
  }

  /** Which of the capabilities that a jar asks for were admitted. */
  Set<Capability> admitted(Path jar, Set<Capability> asked) {
    // Hashing every jar at every start would cost more than reading them.
    return asked.isEmpty() ? Set.of() : byHash.getOrDefault(sha256(jar), Set.of());
  }

  /** Admits a jar with these capabilities, and keeps that. */
  public void admit(Path jar, Set<Capability> capabilities) {
    String hash = sha256(jar);
    byHash.put(hash, Set.copyOf(capabilities));
    Path file = folder.resolve(FILE);
    Path next = folder.resolve(FILE + ".new");
    try {
      String kept =
          Files.exists(file)
              ? Files.readAllLines(file, StandardCharsets.UTF_8).stream()
                  .filter(line -> !line.toLowerCase(Locale.ROOT).startsWith(hash))
                  .map(line -> line + "\n")
                  .collect(Collectors.joining())
              : "";
      String words =
          capabilities.isEmpty()
              ? "-"
              : new TreeSet<>(capabilities)
                  .stream().map(Capability::text).collect(Collectors.joining(","));
      Files.writeString(next, kept + hash + " " + words + " " + jar.getFileName() + "\n");
      Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The SHA-256 of a file, in hexadecimal. */
  public static String sha256(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      in.transferTo(new DigestOutputStream(OutputStream.nullOutputStream(), digest));
      return HexFormat.of().formatHex(digest.digest());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}

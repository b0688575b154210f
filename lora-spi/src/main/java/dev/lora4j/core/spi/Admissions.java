package dev.lora4j.core.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a user admitted in a plug-ins folder, by the SHA-256 of each jar: another build of it has to
 * be admitted again.
 *
 * <p>The file {@value #FILE} has a line for each: the hash, the capabilities separated by commas,
 * and the file's name for people. What {@code sha256sum} prints admits jars that ask for nothing.
 * If there is a file {@value #ALLOW_LIST}, which may be empty, jars that are not admitted are not
 * used at all, whatever they ask for.
 */
public final class Admissions {
  /** The file of admissions. */
  public static final String FILE = "admitted.txt";

  /** The file whose presence turns the admissions into a list of all that is allowed. */
  public static final String ALLOW_LIST = "only-admitted";

  /** The form of what {@code sha256sum} prints: the hash, two characters, the file's name. */
  private static final Pattern SUM = Pattern.compile("\\S+ [ *]\\S.*");

  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

  private final Path folder;
  private final Map<String, Set<Capability>> byHash = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private Admissions(Path folder) {
    this.folder = folder;
  }

  /**
   * Those of a folder. Lines of another form, and a file that cannot be read, admit nothing and are
   * among the {@link #problems}.
   */
  public static Admissions read(Path folder) {
    Admissions read = new Admissions(folder);
    try {
      for (String line : read.lines()) {
        if (!line.isBlank() && !line.strip().startsWith("#")) {
          read.line(line.strip());
        }
      }
    } catch (UncheckedIOException e) {
      read.problems.add(String.valueOf(e.getMessage()));
    }
    return read;
  }

  private List<String> lines() {
    Path file = file();
    if (!Files.exists(file)) {
      return List.of();
    }
    try {
      // Editors of Windows begin a file with a mark.
      return Files.readString(file, StandardCharsets.UTF_8)
          .replaceFirst("^\uFEFF", "")
          .lines()
          .toList();
    } catch (CharacterCodingException e) {
      throw new UncheckedIOException(
          file + " admits nothing, as it is no text in UTF-8; save it as that", e);
    } catch (IOException e) {
      throw new UncheckedIOException(file + " admits nothing, as it cannot be read: " + e, e);
    }
  }

  private void line(String line) {
    String[] words = line.split("\\s+", 3);
    try {
      if (!HASH.matcher(words[0]).matches()) {
        throw new IllegalArgumentException("'" + words[0] + "' is no SHA-256.");
      }
      byHash.put(words[0].toLowerCase(Locale.ROOT), capabilities(line, words));
    } catch (IllegalArgumentException e) {
      problems.add(
          file()
              + " has the line '"
              + line
              + "', which admits nothing: "
              + String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
    }
  }

  private static Set<Capability> capabilities(String line, String... words) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    if (words.length < 2 || words[1].equals("-")) {
      return all;
    }
    try {
      for (String word : words[1].split(",", -1)) {
        all.add(Capability.parse(word));
      }
      return all;
    } catch (IllegalArgumentException e) {
      if (SUM.matcher(line).matches()) {
        return EnumSet.noneOf(Capability.class);
      }
      throw e;
    }
  }

  /** What of the file admits nothing though somebody wrote it, in sentences. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Whether a jar may be used at all. */
  boolean allows(Path jar) {
    return !Files.exists(allowList()) || byHash.containsKey(sha256(jar));
  }

  Path allowList() {
    return folder.resolve(ALLOW_LIST);
  }

  Path file() {
    return folder.resolve(FILE);
  }

  /** Which of the capabilities that a jar asks for were admitted. */
  Set<Capability> admitted(Path jar, Set<Capability> asked) {
    // Hashing every jar at every start would cost more than reading them.
    return asked.isEmpty() ? Set.of() : byHash.getOrDefault(sha256(jar), Set.of());
  }

  /**
   * Admits a jar with these capabilities, and keeps that.
   *
   * @throws UncheckedIOException if the file cannot be read or written; what others wrote into it
   *     is not lost
   */
  public void admit(Path jar, Set<Capability> capabilities) {
    String hash = sha256(jar);
    byHash.put(hash, Set.copyOf(capabilities));
    Path next = folder.resolve(FILE + ".new");
    String kept =
        lines().stream()
            .filter(line -> !line.strip().toLowerCase(Locale.ROOT).startsWith(hash))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    try {
      String words =
          capabilities.isEmpty()
              ? "-"
              : new TreeSet<>(capabilities)
                  .stream().map(Capability::text).collect(Collectors.joining(","));
      Files.writeString(next, kept + hash + " " + words + " " + jar.getFileName() + "\n");
      Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE);
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

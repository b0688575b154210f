package dev.lora4j.spi;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
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
 * Plug-ins that the user of a plug-ins folder admitted, by the SHA-256 of each jar: another build
 * needs another admission.
 *
 * <p>The file {@value #FILE} has a line for each: the hash, the capabilities separated by commas,
 * and the file's name for people. The output of {@code sha256sum} admits jars that request nothing.
 * If there is a file {@value #ALLOW_LIST}, which may be empty, jars that are not admitted are not
 * used at all, whatever they request.
 */
public final class AdmittedPlugins {
  /** The file of admissions. */
  public static final String FILE = "admitted.txt";

  /** The file whose presence turns the admissions into a list of all that is allowed. */
  public static final String ALLOW_LIST = "only-admitted";

  /** Form of {@code sha256sum}'s output: the hash, two characters, the file's name. */
  private static final Pattern SUM = Pattern.compile("\\S+ [ *]\\S.*");

  private static final Pattern HASH = Pattern.compile("[0-9a-fA-F]{64}");

  /** Characters that are not to be seen, or that change how others are seen. */
  private static final Set<Byte> ODD =
      Set.of(
          Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SURROGATE,
          Character.UNASSIGNED);

  private final Path folder;
  private final Map<String, Set<Capability>> byHash = new LinkedHashMap<>();
  private final List<String> problems = new ArrayList<>();

  private AdmittedPlugins(Path folder) {
    this.folder = folder;
  }

  /**
   * Reads the admissions of a folder. Lines of another form, and an unreadable file, admit nothing
   * and are among the {@link #problems}.
   */
  public static AdmittedPlugins read(Path folder) {
    AdmittedPlugins read = new AdmittedPlugins(folder);
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
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(PluginFile.bytes(file, PluginFile.LIST)))
          .toString()
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

  /** Problems of the file's invalid entries, in sentences. */
  public List<String> problems() {
    return List.copyOf(problems);
  }

  /** Returns true if only admitted jars may be used at all. */
  boolean exclusive() {
    return Files.exists(allowList());
  }

  /** Returns true if a jar of this hash was admitted, with any capabilities. */
  boolean has(String sha256) {
    return byHash.containsKey(sha256);
  }

  Path allowList() {
    return folder.resolve(ALLOW_LIST);
  }

  Path file() {
    return folder.resolve(FILE);
  }

  /** The capabilities that a jar of this hash was admitted with. */
  Set<Capability> admitted(String sha256) {
    return byHash.getOrDefault(sha256, Set.of());
  }

  /**
   * Admits a jar with the capabilities that it requests, and stores the admission. It reads the
   * file once, so that the admission is for the hashed bytes.
   *
   * @return the jar's description of itself
   * @throws ExtensionException if it is no plug-in that can be understood
   * @throws UncheckedIOException if it, or the file of admissions, cannot be read or written
   */
  public PluginJar admit(Path jar) {
    try {
      byte[] content = PluginFile.bytes(jar, PluginFile.JAR);
      PluginJar read = PluginJar.read(jar, JarBytes.of(content));
      admit(PluginFile.sha256(content), jar, read.capabilities());
      return read;
    } catch (IOException | SecurityException e) {
      throw new ExtensionException(jar + " is no jar that can be read: " + e.getMessage(), e);
    }
  }

  /**
   * Admits a jar with these capabilities, and keeps that.
   *
   * @throws UncheckedIOException if the file cannot be read or written; what others wrote into it
   *     is not lost
   */
  public void admit(Path jar, Set<Capability> capabilities) {
    admit(sha256(jar), jar, capabilities);
  }

  private void admit(String hash, Path jar, Set<Capability> capabilities) {
    String kept =
        lines().stream()
            .filter(line -> !line.strip().toLowerCase(Locale.ROOT).startsWith(hash))
            .map(line -> line + "\n")
            .collect(Collectors.joining());
    Path next = folder.resolve(FILE + ".new");
    try {
      String words =
          capabilities.isEmpty()
              ? "-"
              : new TreeSet<>(capabilities)
                  .stream().map(Capability::text).collect(Collectors.joining(","));
      Files.deleteIfExists(next); // It may be a link to somewhere else.
      try {
        Files.writeString(
            next,
            kept + hash + " " + words + " " + comment(jar) + "\n",
            StandardOpenOption.CREATE_NEW,
            StandardOpenOption.WRITE);
        Files.move(next, file(), StandardCopyOption.ATOMIC_MOVE);
      } finally {
        Files.deleteIfExists(next);
      }
      byHash.put(hash, Set.copyOf(capabilities));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A file's name as it can stand at the end of a line: names may have line ends in them. */
  private static String comment(Path jar) {
    return String.valueOf(jar.getFileName())
        .codePoints()
        .map(c -> ODD.contains((byte) Character.getType(c)) ? '?' : c)
        .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
        .toString();
  }

  /** The SHA-256 of a file, in hexadecimal. */
  public static String sha256(Path file) {
    try {
      PluginFile.require(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
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

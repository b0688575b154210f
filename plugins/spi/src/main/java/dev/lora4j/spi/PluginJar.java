package dev.lora4j.spi;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * Description of a jar in its manifest and its index. Reading it runs none of its code.
 *
 * @param name attribute {@code Lora4j-Plugin}; without it, the file's name
 * @param version attribute {@code Lora4j-Plugin-Version}
 * @param api attribute {@code Lora4j-Api}
 * @param capabilities attribute {@code Lora4j-Capabilities}, names separated by commas
 */
public record PluginJar(
    Path file,
    String name,
    String version,
    Optional<ApiRange> api,
    Set<Capability> capabilities,
    List<ExtensionInfo> extensions) {
  /** Most bytes of its manifest and of its index: few bytes of a jar may unpack to any number. */
  private static final int MOST = 16 << 20;

  /** A list of packages and the jars that they are in, which class loaders of old go by. */
  private static final String LIST = "META-INF/INDEX.LIST";

  /** Copies the collections. */
  public PluginJar {
    capabilities = Set.copyOf(capabilities);
    extensions = List.copyOf(extensions);
  }

  /** Entries of a jar, for one that lies in a file and one that is in memory. */
  @FunctionalInterface
  private interface Entries {
    Optional<byte[]> of(String name) throws IOException;
  }

  /**
   * Reads a jar.
   *
   * @throws ExtensionException if it is no plug-in that can be understood
   */
  public static PluginJar read(Path file) {
    return understood(
        file,
        () -> {
          PluginFile.require(file);
          try (ZipFile zip = new ZipFile(file.toFile())) {
            return parsed(file, name -> entry(zip, name));
          }
        });
  }

  /** Reads a jar that is in memory. */
  static PluginJar read(Path file, JarBytes jar) {
    return understood(file, () -> parsed(file, name -> jar.entry(name, MOST)));
  }

  /** The manifest of a jar, an empty one if it has none. */
  static Manifest manifest(JarBytes jar) throws IOException {
    return manifest(name -> jar.entry(name, MOST));
  }

  private static Optional<byte[]> entry(ZipFile zip, String name) throws IOException {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      return Optional.empty();
    }
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] found = in.readNBytes(MOST + 1);
      if (found.length > MOST) {
        throw new ZipException(name + " has more than the " + MOST + " bytes that are read");
      }
      return Optional.of(found);
    }
  }

  private static Manifest manifest(Entries entries) throws IOException {
    Optional<byte[]> found = entries.of(JarFile.MANIFEST_NAME);
    return found.isEmpty() ? new Manifest() : new Manifest(new ByteArrayInputStream(found.get()));
  }

  private static PluginJar parsed(Path file, Entries entries) throws IOException {
    Attributes attributes = manifest(entries).getMainAttributes();
    byte[] index =
        entries
            .of(ExtensionIndex.PATH)
            .orElseThrow(
                () ->
                    new ExtensionException(
                        "it has no "
                            + ExtensionIndex.PATH
                            + ", so it is no plug-in, or was built without the annotation processor"
                            + " of lora4j-spi"));
    // A hash admits one file; what that file draws in is not hashed.
    Optional<String> others = text(attributes, "Class-Path").filter(names -> !names.isEmpty());
    if (others.isPresent()) {
      throw new ExtensionException(
          "its manifest has a Class-Path ("
              + others.get()
              + "), and of other jars nobody knows what is in them; pack what it needs into it");
    }
    if (entries.of(LIST).isPresent()) {
      throw new ExtensionException(
          "it has " + LIST + ", which names other jars; build it without one");
    }
    List<ExtensionInfo> extensions = ExtensionIndex.read(new ByteArrayInputStream(index));
    Set<String> names = new HashSet<>();
    for (ExtensionInfo info : extensions) {
      if (!names.add(info.point() + " " + info.name())) {
        throw new ExtensionException("it has two of " + info.pointName() + ": " + info.name());
      }
    }
    return new PluginJar(
        file,
        text(attributes, "Lora4j-Plugin").orElse(String.valueOf(file.getFileName())),
        text(attributes, "Lora4j-Plugin-Version").orElse("unknown"),
        text(attributes, "Lora4j-Api").map(ApiRange::new),
        capabilities(text(attributes, "Lora4j-Capabilities").orElse("")),
        extensions);
  }

  private static PluginJar understood(Path file, Callable<PluginJar> reading) {
    try {
      return reading.call();
    } catch (NoSuchFileException e) {
      throw new ExtensionException("it is a link to a file that is not there", e);
    } catch (IOException | SecurityException e) {
      throw new ExtensionException("it is no jar that can be read: " + e.getMessage(), e);
    } catch (ExtensionException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ExtensionException("its manifest is wrong: " + e.getMessage(), e);
    } catch (Exception e) {
      throw new ExtensionException(file + " cannot be read", e);
    }
  }

  private static Optional<String> text(Attributes attributes, String name) {
    return Optional.ofNullable(attributes.getValue(name)).map(String::strip);
  }

  private static Set<Capability> capabilities(String text) {
    Set<Capability> all = EnumSet.noneOf(Capability.class);
    for (String word : text.split(",", -1)) {
      if (!word.isBlank()) {
        all.add(Capability.parse(word.strip()));
      }
    }
    return all;
  }

  /** An unreadable jar. */
  static PluginJar unreadable(Path file) {
    return new PluginJar(
        file, String.valueOf(file.getFileName()), "unknown", Optional.empty(), Set.of(), List.of());
  }
}

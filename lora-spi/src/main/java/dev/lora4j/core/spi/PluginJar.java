package dev.lora4j.core.spi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * What a jar says of itself, in its manifest and its index. Reading it runs none of its code.
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
  /** Copies the collections. */
  public PluginJar {
    capabilities = Set.copyOf(capabilities);
    extensions = List.copyOf(extensions);
  }

  /**
   * Reads a jar.
   *
   * @throws ExtensionException if it is no plug-in that can be understood
   */
  public static PluginJar read(Path file) {
    try (JarFile jar = new JarFile(file.toFile(), false)) {
      Manifest manifest = Optional.ofNullable(jar.getManifest()).orElseGet(Manifest::new);
      Attributes attributes = manifest.getMainAttributes();
      ZipEntry index = jar.getEntry(ExtensionIndex.PATH);
      if (index == null) {
        throw new ExtensionException(
            "it has no "
                + ExtensionIndex.PATH
                + ", so it is no plug-in, or was built without the annotation processor of lora-spi");
      }
      List<ExtensionInfo> extensions;
      try (InputStream in = jar.getInputStream(index)) {
        extensions = ExtensionIndex.read(in);
      }
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
    } catch (NoSuchFileException e) {
      throw new ExtensionException("it is a link to a file that is not there", e);
    } catch (IOException | SecurityException e) {
      throw new ExtensionException("it is no jar that can be read: " + e.getMessage(), e);
    } catch (ExtensionException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      throw new ExtensionException("its manifest is wrong: " + e.getMessage(), e);
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

  /** One of which nothing could be read. */
  static PluginJar unreadable(Path file) {
    return new PluginJar(
        file, String.valueOf(file.getFileName()), "unknown", Optional.empty(), Set.of(), List.of());
  }
}

package dev.lora4j.bench.listing;

import dev.lora4j.spi.ApiRange;
import dev.lora4j.spi.ExtensionIndex;
import dev.lora4j.spi.ExtensionInfo;
import dev.lora4j.spi.SettingInfo;
import dev.lora4j.spi.SettingKind;
import dev.lora4j.spi.SettingRange;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/** Writes jars that bring a service each, all of them the same class under other names. */
final class ManyPlugins {
  private ManyPlugins() {}

  static Path write(Path folder, int count) {
    try {
      Files.createDirectories(folder);
      byte[] code = code();
      for (int i = 0; i < count; i++) {
        write(folder.resolve("plugin-" + i + ".jar"), i, code);
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] code() throws IOException {
    String file = SmallPlugin.class.getSimpleName() + ".class";
    try (InputStream in = SmallPlugin.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IOException("there is no " + file);
      }
      return in.readAllBytes();
    }
  }

  private static void write(Path file, int number, byte[] code) throws IOException {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    manifest.getMainAttributes().putValue("Lora4j-Plugin", "plugin " + number);
    manifest.getMainAttributes().putValue("Lora4j-Api", ApiRange.CURRENT);
    String type = SmallPlugin.class.getName();
    SettingInfo setting =
        new SettingInfo(
            "share",
            SettingKind.NUMBER,
            "how much",
            Optional.of("0.5"),
            SettingRange.ANY,
            List.of());
    ExtensionInfo info =
        new ExtensionInfo(
            Runnable.class.getName(),
            "small-" + number,
            type,
            "does nothing",
            false,
            List.of(),
            List.of(setting));
    try (OutputStream out = Files.newOutputStream(file);
        JarOutputStream jar = new JarOutputStream(out, manifest)) {
      entry(jar, ExtensionIndex.PATH, text(ExtensionIndex.text(List.of(info))));
      entry(jar, "META-INF/services/" + Runnable.class.getName(), text(type + "\n"));
      entry(jar, type.replace('.', '/') + ".class", code);
    }
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void entry(JarOutputStream jar, String name, byte[] bytes) throws IOException {
    jar.putNextEntry(new ZipEntry(name));
    jar.write(bytes);
    jar.closeEntry();
  }
}

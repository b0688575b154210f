package dev.lora4j.spi;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A folder of plug-ins: jars, and the {@link AdmittedPlugins user's admissions}. Reading it runs no
 * code of theirs.
 */
public final class PluginFolder {
  private PluginFolder() {}

  /**
   * The plug-ins in a folder, in the order of their file names; none if there is no such folder.
   * What cannot be used is among them, quarantined. Of what is wrong with the folder itself a
   * warning is logged.
   */
  public static List<Plugin> scan(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    AdmittedPlugins admissions = AdmittedPlugins.read(folder);
    admissions.problems().forEach(PluginFolder::warn);
    List<Plugin> all = new ArrayList<>();
    for (Path file : jars(folder)) {
      all.add(plugin(file, admissions));
    }
    return all;
  }

  private static List<Path> jars(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      return files.filter(f -> isJar(f) && !Files.isDirectory(f)).sorted().toList();
    } catch (IOException | UncheckedIOException e) {
      warn("No plug-in of " + folder + " is used, as it cannot be read: " + e);
      return List.of();
    }
  }

  private static boolean isJar(Path file) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  private static void warn(String problem) {
    System.getLogger(PluginFolder.class.getName()).log(System.Logger.Level.WARNING, problem);
  }

  private static Plugin plugin(Path file, AdmittedPlugins admissions) {
    PluginJar jar;
    try {
      jar = PluginJar.read(file);
    } catch (ExtensionException e) {
      return Plugin.quarantined(PluginJar.unreadable(file), String.valueOf(e.getMessage()));
    }
    Optional<String> version = versionRefusal(jar);
    if (version.isPresent()) {
      return Plugin.quarantined(jar, version.get());
    }
    // Hashing every jar at every start would cost more than reading them.
    if (!admissions.exclusive() && jar.capabilities().isEmpty()) {
      return Plugin.of(jar);
    }
    try {
      String hash = AdmittedPlugins.sha256(file);
      return refusal(jar, hash, admissions)
          .map(reason -> Plugin.quarantined(jar, reason))
          .orElseGet(() -> Plugin.of(jar, hash));
    } catch (UncheckedIOException e) {
      return Plugin.quarantined(jar, "it cannot be read: " + e.getCause());
    }
  }

  /** Reason why this version cannot use a jar; empty if it can. */
  static Optional<String> versionRefusal(PluginJar jar) {
    if (jar.api().isEmpty()) {
      return Optional.of(
          "its manifest has no Lora4j-Api, the versions of the plug-in API that it is for");
    }
    if (!jar.api().get().includes(ApiRange.CURRENT)) {
      return Optional.of(
          "it is for version "
              + jar.api().get().text()
              + " of the plug-in API, and this is "
              + ApiRange.CURRENT
              + "; take the release of it for this version");
    }
    return Optional.empty();
  }

  /** Reason why a jar of this hash is not admitted; empty if it is. */
  private static Optional<String> refusal(PluginJar jar, String hash, AdmittedPlugins admissions) {
    if (admissions.exclusive() && !admissions.has(hash)) {
      return Optional.of(
          "there is "
              + admissions.allowList()
              + ", and its hash is not in "
              + admissions.file()
              + trust(jar));
    }
    Set<Capability> missing = new TreeSet<>(jar.capabilities());
    missing.removeAll(admissions.admitted(hash));
    if (!missing.isEmpty()) {
      return Optional.of(
          "it asks for "
              + missing.stream().map(Capability::text).collect(Collectors.joining(", "))
              + trust(jar));
    }
    return Optional.empty();
  }

  private static String trust(PluginJar jar) {
    String file = jar.file().toString();
    // To be copied into a shell.
    boolean plain = file.matches("[A-Za-z0-9_./:@%+,-]+");
    String quoted = plain ? file : "'" + file.replace("'", "'\\''") + "'";
    return "; if you trust it, 'lora4j plugins admit " + quoted + "'";
  }
}

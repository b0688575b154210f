package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;

/** A folder of jars that greet, and what is found in it. */
final class GreetingPlugins {
  /** The body of one that greets politely. */
  static final String HELLO =
      "public String greet(String whom) { return \"hello \".repeat(times) + whom; }";

  private final Path folder;
  private final Extensions extensions = Extensions.of(GreetingPlugins.class.getClassLoader());

  GreetingPlugins(Path folder) {
    this.folder = folder;
  }

  /** What was found in it, beside what is on the class path. */
  Extensions extensions() {
    return extensions;
  }

  /** Looks for jars. */
  void scan() {
    extensions.add(PluginFolder.scan(folder));
  }

  /** Why a jar is not used; nothing if it is. */
  String quarantine(String file) {
    return extensions.plugins().stream()
        .filter(p -> p.file().endsWith(file))
        .findFirst()
        .flatMap(Plugin::quarantine)
        .orElse("");
  }

  /** What is said to who asks for one that cannot be made. */
  String refused(String request) {
    return assertThrows(ExtensionException.class, () -> extensions.make(Greeting.class, request))
        .getMessage();
  }
}

package dev.lora4j.spi;

import dev.lora4j.spi.processor.ExtensionProcessor;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A plug-in as its author builds it: sources, the processor, a manifest. */
public final class BuiltJar {
  private final Map<String, String> sources = new LinkedHashMap<>();
  private final Map<String, String> attributes = new TreeMap<>();

  /** For the API as it is now. */
  public BuiltJar() {
    attributes.put("Lora4j-Api", ApiRange.CURRENT);
  }

  /** Adds a class. */
  public BuiltJar source(String name, String text) {
    sources.put(name, text);
    return this;
  }

  /** Adds a greeting called so, which is the record {@code example.NAME}. */
  BuiltJar greeting(String type, String name, String body) {
    return source(
        "example." + type,
        """
        package example;
        import dev.lora4j.spi.*;
        @Extension(point = Greeting.class, name = "%s", help = "greets")
        public record %s(@Setting(help = "how often", defaultValue = "1", min = 1) int times)
            implements Greeting {
          %s
        }
        """
            .formatted(name, type, body));
  }

  /** Says something else, or nothing, in the manifest. */
  public BuiltJar attribute(String name, String value) {
    attributes.put(name, value);
    attributes.values().remove("");
    return this;
  }

  /** The errors of compiling, as their authors see them. */
  List<String> errors(Path folder, String... more) throws IOException {
    DiagnosticCollector<JavaFileObject> said = new DiagnosticCollector<>();
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    Files.createDirectories(folder);
    try (StandardJavaFileManager files = compiler.getStandardFileManager(said, Locale.ROOT, null)) {
      List<String> options = new ArrayList<>(List.of(more));
      options.addAll(
          List.of("-d", folder.toString(), "-cp", System.getProperty("java.class.path")));
      List<JavaFileObject> units = new ArrayList<>();
      sources.forEach((name, text) -> units.add(new Source(name, text)));
      JavaCompiler.CompilationTask task = compiler.getTask(null, files, said, options, null, units);
      task.setProcessors(List.of(new ExtensionProcessor()));
      task.call();
    }
    return said.getDiagnostics().stream()
        .filter(d -> d.getKind() == Diagnostic.Kind.ERROR)
        .map(d -> d.getMessage(Locale.ROOT))
        .toList();
  }

  /** Builds it. */
  public Path at(Path jar) throws IOException {
    Path folder = Files.createTempDirectory(jar.getParent(), "classes");
    List<String> errors = errors(folder);
    if (!errors.isEmpty()) {
      throw new IllegalStateException(String.join("\n", errors));
    }
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().putValue("Manifest-Version", "1.0");
    attributes.forEach(manifest.getMainAttributes()::putValue);
    try (OutputStream out = Files.newOutputStream(jar);
        JarOutputStream zip = new JarOutputStream(out, manifest);
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        zip.putNextEntry(new JarEntry(folder.relativize(file).toString().replace('\\', '/')));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return jar;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(String name, String text) {
      super(URI.create("string:///" + name.replace('.', '/') + ".java"), Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }
}

package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtensionProcessorTest {
  private static final String ALL_KINDS =
      """
      package example;
      import dev.lora4j.spi.*;
      import java.util.List;
      @Extension(point = Greeting.class, name = "all", help = "has all kinds", experimental = true)
      public record All(
          @Setting(help = "a", defaultValue = "3", min = 1, max = 9) int wholeNumber,
          @Setting(help = "b") long seed,
          @Setting(help = "c", name = "part", defaultValue = "0.5", above = 0, below = 1) double share,
          @Setting(help = "d", defaultValue = "true") boolean flag,
          @Setting(help = "e \\"quoted\\"", defaultValue = "") String text,
          @Setting(help = "f", defaultValue = "by_count") Way way,
          @Setting(help = "g", defaultValue = {"1", "2"}) List<Double> numbers,
          @Setting(help = "h", defaultValue = {}) List<String> words) implements Greeting {
        public enum Way { BY_COUNT, BY_MASS }
        public String greet(String whom) { return toString(); }
      }
      """;

  @TempDir private Path folder;

  @Test
  void indexMatchesTheClass() throws Exception {
    Path jar = new BuiltJar().source("example.All", ALL_KINDS).at(folder.resolve("a.jar"));
    List<ExtensionInfo> read = PluginJar.read(jar).extensions();
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      assertEquals(List.of(ExtensionType.of(loader.loadClass("example.All"))), read);
      String services = "META-INF/services/" + Greeting.class.getName();
      assertEquals(
          "example.All\n",
          new String(
              loader.findResource(services).openStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    assertEquals(List.of("by_count", "by_mass"), read.get(0).settings().get(5).choices());
    assertEquals("1 2", read.get(0).settings().get(6).defaultValue().get());
    assertTrue(read.get(0).experimental());
  }

  @Test
  void indexListsTheInterfacesOfThePoint() throws Exception {
    String kinds =
        """
        package example;
        import dev.lora4j.spi.*;
        public interface Kinds {
          interface Polite<T> extends Greeting {}
          interface Formal extends Polite<String> {}
          abstract class Base implements Formal, Comparable<String> {}
          @Extension(point = Greeting.class, name = "formal", help = "of two kinds")
          class OfTwo extends Base {
            public String greet(String whom) { return whom; }
            public int compareTo(String other) { return 0; }
          }
        }
        """;
    Path jar = new BuiltJar().source("example.Kinds", kinds).at(folder.resolve("kinds.jar"));
    List<ExtensionInfo> read = PluginJar.read(jar).extensions();
    assertEquals(List.of("example.Kinds$Formal", "example.Kinds$Polite"), read.get(0).kinds());
    try (URLClassLoader loader = new URLClassLoader(new URL[] {jar.toUri().toURL()})) {
      assertEquals(ExtensionType.of(loader.loadClass("example.Kinds$OfTwo")), read.get(0));
      assertTrue(read.get(0).is(loader.loadClass("example.Kinds$Polite")));
    }
    assertTrue(read.get(0).is(Greeting.class));
    assertFalse(read.get(0).is(Comparable.class));
  }

  @Test
  void indexIsReproducible() throws Exception {
    BuiltJar source =
        new BuiltJar()
            .greeting("B", "b", "public String greet(String whom) { return whom; }")
            .greeting("A", "a", "public String greet(String whom) { return whom; }");
    for (String one : List.of("one", "two")) {
      assertEquals(List.of(), source.errors(folder.resolve(one)));
    }
    assertEquals(
        Files.readString(folder.resolve("one").resolve(ExtensionIndex.PATH)),
        Files.readString(folder.resolve("two").resolve(ExtensionIndex.PATH)));
  }

  @Test
  void indexIsUtf8WhateverTheSourceEncoding() throws Exception {
    Path classes = folder.resolve("classes");
    String source = ALL_KINDS.replace("has all", "gr\u00fc\u00dft");
    BuiltJar jar = new BuiltJar().source("example.All", source);
    assertEquals(List.of(), jar.errors(classes, "-encoding", "ISO-8859-1"));
    assertEquals(List.of("gr\u00fc\u00dft kinds"), index(classes, ExtensionInfo::help));
  }

  private static List<String> index(Path classes, Function<ExtensionInfo, String> what)
      throws IOException {
    try (InputStream in = Files.newInputStream(classes.resolve(ExtensionIndex.PATH))) {
      return ExtensionIndex.read(in).stream().map(what).toList();
    }
  }

  @Test
  void incrementalBuildKeepsUnchangedExtensions() throws Exception {
    String body = "public String greet(String whom) { return whom; }";
    Path classes = folder.resolve("classes");
    BuiltJar all = new BuiltJar();
    for (String type : List.of("A", "B", "C", "D")) {
      all.greeting(type, type.toLowerCase(Locale.ROOT), body);
    }
    assertEquals(List.of(), all.errors(classes));
    // One has another name, one is no extension any longer, one is gone.
    BuiltJar some =
        new BuiltJar()
            .greeting("B", "other", body)
            .source("example.C", "package example; public class C {}");
    Files.delete(classes.resolve("example/D.class"));
    assertEquals(List.of(), some.errors(classes));
    assertEquals(List.of("a", "other"), index(classes, ExtensionInfo::name));
    assertEquals(
        "example.A\nexample.B\n",
        Files.readString(classes.resolve("META-INF/services/" + Greeting.class.getName())));
    List<String> errors = new BuiltJar().greeting("E", "a", body).errors(classes);
    assertTrue(errors.toString().contains("example.E is Greeting a too, as"), errors.toString());
    Files.writeString(classes.resolve(ExtensionIndex.PATH), "{");
    assertEquals(List.of(), some.errors(classes));
    assertEquals(List.of("other"), index(classes, ExtensionInfo::name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "public record X(int n) implements Greeting { public String greet(String w) { return w; } }"
            + " | n needs @Setting",
        "public record X(@Setting(help = \"h\") float f) implements Greeting {"
            + " public String greet(String w) { return w; } } | f is of type float",
        "public record X(@Setting(help = \"h\", defaultValue = \"2\", max = 1) double d) implements"
            + " Greeting { public String greet(String w) { return w; } }"
            + " | d takes a number of at most 1, found '2'",
        "public record X(@Setting(help = \"h\", defaultValue = \"3000000000\") int n) implements"
            + " Greeting { public String greet(String w) { return w; } }"
            + " | n takes a whole number, of 32 bits, found",
        "public record X(@Setting(help = \"h\", name = \"a,b\") int n) implements Greeting {"
            + " public String greet(String w) { return w; } } | a setting is called 'a,b'",
        "public record X(@Setting(help = \"h\", name = \"b\") int a, @Setting(help = \"h\") int b)"
            + " implements Greeting { public String greet(String w) { return w; } }"
            + " | example.X has two settings of one name: b, b",
        "public class X { } | does not implement its point dev.lora4j.spi.Greeting",
        "class X implements Greeting { public String greet(String w) { return w; } }"
            + " | an extension is a public class",
        "public class X implements Greeting { X() {} public String greet(String w) { return w; } }"
            + " | has a public constructor",
        "public abstract class X implements Greeting { } | that is not abstract",
      })
  void invalidExtensionsAreNotCompiled(String declaration, String message) throws Exception {
    String source =
        "package example; import dev.lora4j.spi.*;\n"
            + "@Extension(point = Greeting.class, name = \"x\", help = \"h\")\n"
            + declaration;
    List<String> errors = new BuiltJar().source("example.X", source).errors(folder.resolve("x"));
    assertTrue(errors.toString().contains(message), errors.toString());
  }

  @ParameterizedTest
  @CsvSource({"'',begins with a letter", "a b,begins with a letter", "-a,begins with a letter"})
  void namesAreWords(String name, String message) throws Exception {
    String body = "public String greet(String whom) { return whom; }";
    List<String> errors = new BuiltJar().greeting("X", name, body).errors(folder.resolve("x"));
    assertTrue(errors.toString().contains(message), errors.toString());
  }

  @Test
  void oneNameIsOneExtension() throws Exception {
    String body = "public String greet(String whom) { return whom; }";
    List<String> errors =
        new BuiltJar()
            .greeting("X", "same", body)
            .greeting("Y", "same", body)
            .errors(folder.resolve("x"));
    assertTrue(errors.toString().contains("example.X is Greeting same too"), errors.toString());
  }
}

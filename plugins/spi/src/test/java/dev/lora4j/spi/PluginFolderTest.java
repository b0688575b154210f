package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginFolderTest {
  @TempDir private Path folder;
  private GreetingPlugins plugins = new GreetingPlugins(Path.of(""));
  private Extensions extensions = plugins.extensions();

  @BeforeEach
  void inFolder() {
    plugins = new GreetingPlugins(folder);
    extensions = plugins.extensions();
  }

  @Test
  void duplicateClassPathJarCountsOnce() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("one.jar"));
    Path copy = Files.copy(jar, folder.resolve("two.jar"));
    URL[] both = {jar.toUri().toURL(), copy.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(both, getClass().getClassLoader())) {
      assertEquals(
          Set.of("hello", "polite", "short"),
          Extensions.of(loader).shared(Greeting.class).keySet());
    }
  }

  @Test
  void jarBringsItsExtensions() throws Exception {
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .attribute("Lora4j-Plugin", "greetings")
        .attribute("Lora4j-Plugin-Version", "2.1")
        .at(folder.resolve("hello.jar"));
    Files.writeString(folder.resolve("notes.txt"), "no jar");
    plugins.scan();
    Greeting greeting = extensions.make(Greeting.class, "hello:times=2");
    assertEquals("hello hello x", greeting.greet("x"));
    Plugin plugin = extensions.plugin(greeting).orElseThrow();
    assertEquals("greetings", plugin.jar().name());
    assertEquals("2.1", plugin.jar().version());
    assertEquals(Optional.empty(), extensions.plugin(extensions.make(Greeting.class, "polite")));
  }

  @Test
  void listingRunsNoPluginCode() throws Exception {
    System.clearProperty("lora4j.test.ran");
    String body =
        "static { System.setProperty(\"lora4j.test.ran\", \"yes\"); } " + GreetingPlugins.HELLO;
    new BuiltJar().greeting("Noisy", "noisy", body).at(folder.resolve("noisy.jar"));
    plugins.scan();
    assertTrue(extensions.find(Greeting.class, "noisy").isPresent());
    assertEquals(
        1, extensions.list().stream().filter(i -> i.info().name().equals("noisy")).count());
    assertThrows(
        ExtensionException.class, () -> extensions.make(Greeting.class, "noisy:times=none"));
    assertEquals(1, extensions.plugins().size());
    extensions.make(Greeting.class, "noisy");
    assertEquals("yes", System.clearProperty("lora4j.test.ran"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Lora4j-Api          | [0.2,0.3)  | it is for version [0.2,0.3) of the plug-in API, and this",
        "Lora4j-Api          | ''         | its manifest has no Lora4j-Api",
        "Lora4j-Api          | newest     | a range of API versions is written",
        "Lora4j-Capabilities | network    | it asks for network; if you trust it, 'lora4j plugins admit /",
        "Lora4j-Capabilities | file-write,native-code | it asks for file-write, native-code",
        "Lora4j-Capabilities | telepathy  | There is no capability 'telepathy'; there are network",
      })
  void unusableJarIsQuarantinedOthersStayUsable(String name, String value, String reason)
      throws Exception {
    new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(folder.resolve("good.jar"));
    new BuiltJar()
        .greeting("Other", "other", GreetingPlugins.HELLO)
        .attribute(name, value)
        .at(folder.resolve("bad.jar"));
    plugins.scan();
    assertTrue(
        plugins
            .quarantine("bad.jar")
            .toLowerCase(Locale.ROOT)
            .contains(reason.strip().toLowerCase(Locale.ROOT)),
        plugins.quarantine("bad.jar"));
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
    assertTrue(
        plugins.refused("other").startsWith("Greeting other is in ")
            || plugins.refused("other").startsWith("There is no"));
    assertFalse(extensions.find(Greeting.class, "other").isPresent());
  }

  @Test
  void filesThatAreNoPluginAreQuarantined() throws Exception {
    Files.writeString(folder.resolve("text.jar"), "no jar");
    Files.write(folder.resolve("empty.jar"), new byte[0]);
    Path cut =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("cut.jar"));
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
    new BuiltJar().source("example.X", "package example; class X {}").at(folder.resolve("no.jar"));
    plugins.scan();
    assertTrue(
        plugins.quarantine("text.jar").contains("no jar that can be read"),
        plugins.quarantine("text.jar"));
    assertTrue(plugins.quarantine("empty.jar").contains("no jar that can be read"));
    assertTrue(plugins.quarantine("cut.jar").contains("no jar that can be read"));
    assertTrue(
        plugins.quarantine("no.jar").startsWith("it has no META-INF/lora4j"),
        plugins.quarantine("no.jar"));
  }

  @Test
  void pluginReplacesNoExistingExtension() throws Exception {
    new BuiltJar().greeting("Polite", "polite", GreetingPlugins.HELLO).at(folder.resolve("a.jar"));
    new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(folder.resolve("b.jar"));
    new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(folder.resolve("c.jar"));
    plugins.scan();
    assertTrue(
        plugins
            .quarantine("a.jar")
            .contains("polite, which is there already, from the class path"));
    assertEquals("", plugins.quarantine("b.jar"));
    assertTrue(plugins.quarantine("c.jar").contains("b.jar"), plugins.quarantine("c.jar"));
  }

  @Test
  void pluginSeesOnlyExportedPackages() throws Exception {
    String hidden =
        "public String greet(String whom) {"
            + " return new dev.lora4j.spi.processor.ExtensionProcessor().toString(); }";
    new BuiltJar().greeting("Prying", "prying", hidden).at(folder.resolve("prying.jar"));
    String foreign =
        "public String greet(String whom) { return new com.google.gson.Gson().toString(); }";
    new BuiltJar().greeting("Foreign", "foreign", foreign).at(folder.resolve("foreign.jar"));
    plugins.scan();
    for (String name : List.of("prying", "foreign")) {
      Greeting greeting = extensions.make(Greeting.class, name);
      Plugin plugin = extensions.plugin(greeting).orElseThrow();
      ExtensionException thrown =
          assertThrows(ExtensionException.class, () -> plugin.call(() -> greeting.greet("x")));
      assertTrue(thrown.getMessage().contains("built for another version"), thrown.getMessage());
      assertTrue(plugins.refused(name).contains("which is not used"), plugins.refused(name));
    }
  }

  @Test
  void unloadablePluginIsQuarantinedOnFirstUse() throws Exception {
    Path jar = folder.resolve("half.jar");
    String parent = "package example; public class Parent { }";
    new BuiltJar()
        .source("example.Parent", parent)
        .source(
            "example.Child",
            """
            package example;
            import dev.lora4j.spi.*;
            @Extension(point = Greeting.class, name = "child", help = "h")
            public final class Child extends Parent implements Greeting {
              public String greet(String whom) { return whom; }
            }
            """)
        .at(jar);
    try (var zip = FileSystems.newFileSystem(jar)) {
      Files.delete(zip.getPath("example/Parent.class"));
    }
    plugins.scan();
    assertEquals("", plugins.quarantine("half.jar"));
    // Others of the point are there all the same.
    assertEquals(Set.of("polite", "short"), extensions.shared(Greeting.class).keySet());
    assertTrue(
        plugins.refused("child").contains("example.Child cannot be loaded"),
        plugins.refused("child"));
    // And from then on it is not tried again.
    assertTrue(
        plugins.refused("child").contains("Greeting child is in "), plugins.refused("child"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.ServiceConfigurationError(\"no\")",
        "AssertionError()",
        "java.io.IOError(new java.io.IOException())",
        "StackOverflowError()",
      })
  void errorWhileLoadingConcernsThatJarAlone(String error) throws Exception {
    String fails = " static { if (true) throw new " + error + "; } " + GreetingPlugins.HELLO;
    new BuiltJar().greeting("Fails", "fails", fails).at(folder.resolve("fails.jar"));
    String late = "public Late { if (true) throw new " + error + "; } " + GreetingPlugins.HELLO;
    new BuiltJar().greeting("Late", "late", late).at(folder.resolve("late.jar"));
    plugins.scan();
    for (String name : List.of("fails", "late")) {
      Plugin plugin = extensions.plugins().get(name.equals("fails") ? 0 : 1);
      List<String> problems = PluginCheck.problems(plugin);
      assertTrue(problems.toString().contains("Error"), problems.toString());
      assertFalse(problems.toString().contains("null"), problems.toString());
    }
    assertEquals(Set.of("polite", "short"), extensions.shared(Greeting.class).keySet());
    assertTrue(plugins.quarantine("fails.jar").contains("example.Fails cannot be loaded: "));
    assertTrue(
        plugins.refused("late").contains("example.Late, which is Greeting late, cannot be made: "));
  }

  @Test
  void aSignedJarThatWasAlteredIsQuarantined() throws Exception {
    Path jar = folder.resolve("signed.jar");
    new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(jar);
    Path keys = folder.resolve("keys");
    String made = "-genkeypair -keyalg EC -alias a -dname CN=a -storepass secret -keystore " + keys;
    tool("keytool", made);
    tool("jarsigner", "-storepass secret -keystore " + keys + " " + jar + " a");
    try (var zip = FileSystems.newFileSystem(jar)) {
      byte[] type = Files.readAllBytes(zip.getPath("example/Hello.class"));
      type[type.length - 1]++;
      Files.write(zip.getPath("example/Hello.class"), type);
    }
    plugins.scan();
    assertTrue(
        plugins.refused("hello").contains("example.Hello cannot be loaded"),
        plugins.refused("hello"));
  }

  private static void tool(String name, String arguments) throws Exception {
    List<String> words = new ArrayList<>();
    words.add(Path.of(System.getProperty("java.home"), "bin", name).toString());
    words.addAll(List.of(arguments.split(" ", -1)));
    Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "throw new IllegalStateException(whom);",
        "return null;",
        "throw new AssertionError(whom);",
        "return greet(whom);",
      })
  void failingExtensionIsQuarantinedAndOthersAnswer(String body) throws Exception {
    String fails = "public String greet(String whom) { " + body + " }";
    new BuiltJar().greeting("Fails", "fails", fails).at(folder.resolve("fails.jar"));
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .at(folder.resolve("hello.jar"));
    plugins.scan();
    for (int i = 0; i < 2; i++) {
      List<String> answers = new ArrayList<>();
      for (Greeting each : extensions.shared(Greeting.class).values()) {
        answers.add(extensions.ask(each, () -> each.greet("x"), "nothing"));
      }
      assertEquals(i == 0, answers.remove("nothing"));
      assertEquals(3, answers.size());
      assertTrue(answers.contains("hello x"), answers::toString);
    }
    assertTrue(
        plugins.quarantine("fails.jar").contains("example.Fails failed when it was asked: "));
    assertTrue(
        plugins.refused("fails").contains("fails.jar, which is not used"),
        plugins.refused("fails"));
    Greeting polite = extensions.make(Greeting.class, "polite");
    // What is of the class path has no jar to leave out.
    assertThrows(
        ArithmeticException.class,
        () -> extensions.ask(polite, () -> String.valueOf(1 / (polite.hashCode() & 0)), ""));
  }

  @Test
  void disownedResourceIsLeftOpen() throws Exception {
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .at(folder.resolve("hello.jar"));
    List<String> closed = new ArrayList<>();
    Plugin plugin = PluginFolder.scan(folder).get(0);
    AutoCloseable first = () -> closed.add("first");
    plugin.own(first);
    plugin.own(() -> closed.add("last"));
    plugin.disown(first);
    plugin.close();
    plugin.disown(first);
    assertEquals(List.of("last"), closed);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "default\":\"1 | default\":\"0 | times takes a whole number of at least 1, found '0'",
        "dev.lora4j.spi.Greeting | javax.annotation.processing.Processor | has no @Extension",
        "hello | a b | begins with a letter",
        "[{\"point | [{}, {\"point | cannot be read",
      })
  void alteredIndexConcernsItsJarAlone(String before, String after, String reason)
      throws Exception {
    altered("odd.jar", index -> index.replace(before, after));
    new BuiltJar()
        .greeting("Other", "other", GreetingPlugins.HELLO)
        .at(folder.resolve("other.jar"));
    plugins.scan();
    assertTrue(plugins.quarantine("odd.jar").contains(reason), plugins.quarantine("odd.jar"));
    assertEquals("", plugins.quarantine("other.jar"));
  }

  private Path altered(String name, UnaryOperator<String> change) throws Exception {
    Path jar =
        new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(folder.resolve(name));
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Path index = zip.getPath(ExtensionIndex.PATH);
      String before = Files.readString(index);
      String after = change.apply(before);
      assertNotEquals(before, after);
      Files.writeString(index, after);
    }
    return jar;
  }

  @Test
  void duplicateNamesInOneJarAreQuarantined() throws Exception {
    altered(
        "two.jar",
        index -> {
          String one = index.substring(index.indexOf('[') + 1, index.lastIndexOf(']'));
          return index.replace(one, one + "," + one);
        });
    plugins.scan();
    assertEquals("it has two of Greeting: hello", plugins.quarantine("two.jar"));
  }

  @Test
  void takenNameIsFoundBeforeInstalling() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Polite", "polite", GreetingPlugins.HELLO)
            .at(folder.resolve("a.jar"));
    Extensions extensions = Extensions.of(getClass().getClassLoader());
    assertTrue(extensions.taken(PluginJar.read(jar)).isPresent());
    Path old = Files.createDirectories(folder.resolve("old"));
    new BuiltJar().greeting("Hello", "hello", GreetingPlugins.HELLO).at(old.resolve("hello.jar"));
    extensions.add(PluginFolder.scan(old));
    Path next =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("hello.jar"));
    assertEquals(Optional.empty(), extensions.taken(PluginJar.read(next)));
    Path other = Files.copy(next, folder.resolve("hello-2.jar"));
    assertTrue(extensions.taken(PluginJar.read(other)).orElse("").contains("old"));
    extensions.remove(extensions.plugins());
  }

  @Test
  void uppercaseJarIsFoundDanglingLinkQuarantined() throws Exception {
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .at(folder.resolve("GreetingPlugins.HELLO.JAR"));
    Files.createSymbolicLink(folder.resolve("gone.jar"), folder.resolve("nowhere.jar"));
    Files.createDirectories(folder.resolve("folder.jar"));
    plugins.scan();
    assertEquals(2, extensions.plugins().size());
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
    assertEquals("it is a link to a file that is not there", plugins.quarantine("gone.jar"));
  }

  @Test
  void ownedResourcesAreClosedWithThePlugin() throws Exception {
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .at(folder.resolve("hello.jar"));
    plugins.scan();
    List<String> closed = new ArrayList<>();
    Plugin plugin = extensions.plugin(extensions.make(Greeting.class, "hello")).orElseThrow();
    plugin.own(() -> closed.add("first"));
    plugin.own(
        () -> {
          throw new IOException("does not close");
        });
    plugin.own(() -> closed.add("last"));
    plugin.quarantine("of a test");
    plugin.quarantine("of another reason");
    plugin.own(() -> closed.add("late"));
    plugin.close();
    assertEquals(List.of("first", "last", "late"), closed);
    assertEquals("of a test", plugin.quarantine().get());
  }

  @Test
  void twoPluginsHaveClassesOfTheirOwn() throws Exception {
    for (String name : List.of("one", "two")) {
      String body =
          "public static int calls; public String greet(String w) { return \"\" + ++calls; }";
      new BuiltJar().greeting("Same", name, body).at(folder.resolve(name + ".jar"));
    }
    plugins.scan();
    Greeting one = extensions.make(Greeting.class, "one");
    Greeting two = extensions.make(Greeting.class, "two");
    assertEquals("1", one.greet(""));
    assertEquals("1", two.greet(""));
    assertSame(one.getClass(), extensions.make(Greeting.class, "one").getClass());
  }
}

package dev.lora4j.core.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PluginFolderTest {
  private static final String HELLO =
      "public String greet(String whom) { return \"hello \".repeat(times) + whom; }";

  @TempDir private Path folder;
  private final Extensions extensions = Extensions.of(getClass().getClassLoader());

  private void scan() {
    extensions.add(PluginFolder.scan(folder));
  }

  private String quarantine(String file) {
    return extensions.plugins().stream()
        .filter(p -> p.file().endsWith(file))
        .findFirst()
        .flatMap(Plugin::quarantine)
        .orElse("");
  }

  private String refused(String request) {
    return assertThrows(ExtensionException.class, () -> extensions.make(Greeting.class, request))
        .getMessage();
  }

  @Test
  void aJarThatIsOnTheClassPathTwiceIsOne() throws Exception {
    Path jar = new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("one.jar"));
    Path copy = Files.copy(jar, folder.resolve("two.jar"));
    URL[] both = {jar.toUri().toURL(), copy.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(both, getClass().getClassLoader())) {
      assertEquals(
          Set.of("hello", "polite", "short"),
          Extensions.of(loader).shared(Greeting.class).keySet());
    }
  }

  @Test
  void aJarBringsItsExtensions() throws Exception {
    new BuiltJar()
        .greeting("Hello", "hello", HELLO)
        .attribute("Lora4j-Plugin", "greetings")
        .attribute("Lora4j-Plugin-Version", "2.1")
        .at(folder.resolve("hello.jar"));
    Files.writeString(folder.resolve("notes.txt"), "no jar");
    scan();
    Greeting greeting = extensions.make(Greeting.class, "hello:times=2");
    assertEquals("hello hello x", greeting.greet("x"));
    Plugin plugin = extensions.plugin(greeting).orElseThrow();
    assertEquals("greetings", plugin.jar().name());
    assertEquals("2.1", plugin.jar().version());
    assertEquals(Optional.empty(), extensions.plugin(extensions.make(Greeting.class, "polite")));
  }

  @Test
  void listingRunsNoneOfItsCode() throws Exception {
    System.clearProperty("lora4j.test.ran");
    String body = "static { System.setProperty(\"lora4j.test.ran\", \"yes\"); } " + HELLO;
    new BuiltJar().greeting("Noisy", "noisy", body).at(folder.resolve("noisy.jar"));
    scan();
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
  void whatCannotBeUsedIsQuarantinedAndTheHostGoesOn(String name, String value, String reason)
      throws Exception {
    new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("good.jar"));
    new BuiltJar()
        .greeting("Other", "other", HELLO)
        .attribute(name, value)
        .at(folder.resolve("bad.jar"));
    scan();
    assertTrue(
        quarantine("bad.jar")
            .toLowerCase(Locale.ROOT)
            .contains(reason.strip().toLowerCase(Locale.ROOT)),
        quarantine("bad.jar"));
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
    assertTrue(
        refused("other").startsWith("Greeting other is in ")
            || refused("other").startsWith("There is no"));
    assertFalse(extensions.find(Greeting.class, "other").isPresent());
  }

  @Test
  void whatIsNoPluginIsQuarantined() throws Exception {
    Files.writeString(folder.resolve("text.jar"), "no jar");
    Files.write(folder.resolve("empty.jar"), new byte[0]);
    Path cut = new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("cut.jar"));
    byte[] whole = Files.readAllBytes(cut);
    Files.write(cut, java.util.Arrays.copyOf(whole, whole.length / 2));
    new BuiltJar().source("example.X", "package example; class X {}").at(folder.resolve("no.jar"));
    scan();
    assertTrue(quarantine("text.jar").contains("no jar that can be read"), quarantine("text.jar"));
    assertTrue(quarantine("empty.jar").contains("no jar that can be read"));
    assertTrue(quarantine("cut.jar").contains("no jar that can be read"));
    assertTrue(quarantine("no.jar").startsWith("it has no META-INF/lora4j"), quarantine("no.jar"));
  }

  @Test
  void capabilitiesAreAdmittedByHash() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", HELLO)
            .attribute("Lora4j-Capabilities", "network")
            .at(folder.resolve("hello.jar"));
    Admissions.read(folder).admit(jar, EnumSet.of(Capability.NETWORK));
    scan();
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
    // Another build of it is another jar.
    new BuiltJar()
        .greeting("Hello", "hello", HELLO.replace("hello", "bye"))
        .attribute("Lora4j-Capabilities", "network")
        .at(jar);
    assertTrue(PluginFolder.scan(folder).get(0).quarantine().isPresent());
  }

  @Test
  void onlyWhatIsAdmittedIsUsedWhereThereIsSuchAList() throws Exception {
    Path known = new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("known.jar"));
    new BuiltJar().greeting("Other", "other", HELLO).at(folder.resolve("unknown.jar"));
    Files.createFile(folder.resolve(Admissions.ALLOW_LIST));
    Admissions.read(folder).admit(known, EnumSet.noneOf(Capability.class));
    scan();
    assertEquals("", quarantine("known.jar"));
    assertTrue(
        quarantine("unknown.jar").contains("its hash is not in " + folder.resolve("admitted.txt")));
    assertTrue(refused("other").contains("unknown.jar, which is not used: there is "));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "# comment;abc network x.jar;%s network | '' | abc is no SHA-256",
        "%s telepathy x.jar | it asks for | There is no capability",
        "\uFEFF%s network x.jar | '' | ''",
        "'  %s network x.jar' | '' | ''",
        "%s  hello.jar | it asks for network | ''",
        "%s *my hello.jar | it asks for network | ''",
      })
  void oneLineOfAdmissionsThatIsNotUnderstoodLeavesTheOthers(
      String text, String reason, String problem) throws Exception {
    Path jar = asking("hello.jar");
    Files.writeString(
        folder.resolve(Admissions.FILE), text.formatted(Admissions.sha256(jar)).replace(';', '\n'));
    scan();
    assertEquals(reason.isEmpty(), quarantine("hello.jar").isEmpty(), quarantine("hello.jar"));
    assertTrue(quarantine("hello.jar").startsWith(reason), quarantine("hello.jar"));
    String problems = Admissions.read(folder).problems().toString().replace("'abc'", "abc");
    assertEquals(problem.isEmpty(), problems.equals("[]"), problems);
    assertTrue(problems.contains(problem), problems);
  }

  private Path asking(String name) throws Exception {
    return new BuiltJar()
        .greeting("Hello", "hello", HELLO)
        .attribute("Lora4j-Capabilities", "network")
        .at(folder.resolve(name));
  }

  @Test
  void whatSha256sumPrintsIsAListOfJarsThatAskForNothing() throws Exception {
    Path jar = new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("hello.jar"));
    Files.createFile(folder.resolve(Admissions.ALLOW_LIST));
    Files.writeString(folder.resolve(Admissions.FILE), Admissions.sha256(jar) + "  hello.jar\n");
    scan();
    assertEquals("", quarantine("hello.jar"));
  }

  @Test
  void admissionsThatAreNoTextAdmitNothingAndAreNotLost() throws Exception {
    Path jar = asking("hello.jar");
    Path file = folder.resolve(Admissions.FILE);
    Files.writeString(file, Admissions.sha256(jar) + " network\n", StandardCharsets.UTF_16);
    byte[] before = Files.readAllBytes(file);
    new BuiltJar().greeting("Other", "other", HELLO).at(folder.resolve("other.jar"));
    scan();
    assertTrue(quarantine("hello.jar").startsWith("it asks for network"));
    assertEquals("", quarantine("other.jar"));
    Admissions read = Admissions.read(folder);
    assertTrue(read.problems().toString().contains("UTF-8"), read.problems().toString());
    assertThrows(UncheckedIOException.class, () -> read.admit(jar, EnumSet.of(Capability.NETWORK)));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void theCommandThatAdmitsCanBeCopiedIntoAShell() throws Exception {
    asking("Anna's own.jar");
    scan();
    String reason = quarantine("Anna's own.jar");
    assertTrue(reason.endsWith("admit '" + folder + "/Anna'\\''s own.jar''"), reason);
  }

  @Test
  void noPluginReplacesWhatIsThere() throws Exception {
    new BuiltJar().greeting("Polite", "polite", HELLO).at(folder.resolve("a.jar"));
    new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("b.jar"));
    new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("c.jar"));
    scan();
    assertTrue(quarantine("a.jar").contains("polite, which is there already, from the class path"));
    assertEquals("", quarantine("b.jar"));
    assertTrue(quarantine("c.jar").contains("b.jar"), quarantine("c.jar"));
  }

  @Test
  void aPluginSeesWhatTheLibrariesExportAndNothingElse() throws Exception {
    String hidden =
        "public String greet(String whom) {"
            + " return new dev.lora4j.core.spi.processor.ExtensionProcessor().toString(); }";
    new BuiltJar().greeting("Prying", "prying", hidden).at(folder.resolve("prying.jar"));
    String foreign =
        "public String greet(String whom) { return new com.google.gson.Gson().toString(); }";
    new BuiltJar().greeting("Foreign", "foreign", foreign).at(folder.resolve("foreign.jar"));
    scan();
    for (String name : List.of("prying", "foreign")) {
      Greeting greeting = extensions.make(Greeting.class, name);
      Plugin plugin = extensions.plugin(greeting).orElseThrow();
      ExtensionException thrown =
          assertThrows(ExtensionException.class, () -> plugin.call(() -> greeting.greet("x")));
      assertTrue(thrown.getMessage().contains("built for another version"), thrown.getMessage());
      assertTrue(refused(name).contains("which is not used"), refused(name));
    }
  }

  @Test
  void aPluginThatCannotBeLoadedIsQuarantinedWhenItIsAskedFor() throws Exception {
    Path jar = folder.resolve("half.jar");
    String parent = "package example; public class Parent { }";
    new BuiltJar()
        .source("example.Parent", parent)
        .source(
            "example.Child",
            """
            package example;
            import dev.lora4j.core.spi.*;
            @Extension(point = Greeting.class, name = "child", help = "h")
            public final class Child extends Parent implements Greeting {
              public String greet(String whom) { return whom; }
            }
            """)
        .at(jar);
    try (var zip = java.nio.file.FileSystems.newFileSystem(jar)) {
      Files.delete(zip.getPath("example/Parent.class"));
    }
    scan();
    assertEquals("", quarantine("half.jar"));
    // Others of the point are there all the same.
    assertEquals(Set.of("polite", "short"), extensions.shared(Greeting.class).keySet());
    assertTrue(refused("child").contains("example.Child cannot be loaded"), refused("child"));
    // And from then on it is not tried again.
    assertTrue(refused("child").contains("Greeting child is in "), refused("child"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "java.util.ServiceConfigurationError(\"no\")",
        "AssertionError()",
        "java.io.IOError(new java.io.IOException())",
        "StackOverflowError()",
      })
  void anyErrorAtItsStartIsThatJarsAlone(String error) throws Exception {
    String fails = " static { if (true) throw new " + error + "; } " + HELLO;
    new BuiltJar().greeting("Fails", "fails", fails).at(folder.resolve("fails.jar"));
    String late = "public Late { if (true) throw new " + error + "; } " + HELLO;
    new BuiltJar().greeting("Late", "late", late).at(folder.resolve("late.jar"));
    scan();
    for (String name : List.of("fails", "late")) {
      Plugin plugin = extensions.plugins().get(name.equals("fails") ? 0 : 1);
      List<String> problems = PluginCheck.problems(plugin);
      assertTrue(problems.toString().contains("Error"), problems.toString());
      assertFalse(problems.toString().contains("null"), problems.toString());
    }
    assertEquals(Set.of("polite", "short"), extensions.shared(Greeting.class).keySet());
    assertTrue(quarantine("fails.jar").contains("example.Fails cannot be loaded: "));
    assertTrue(refused("late").contains("example.Late, which is Greeting late, cannot be made: "));
  }

  @Test
  void aSignedJarThatWasAlteredIsQuarantined() throws Exception {
    Path jar = folder.resolve("signed.jar");
    new BuiltJar().greeting("Hello", "hello", HELLO).at(jar);
    Path keys = folder.resolve("keys");
    String made = "-genkeypair -keyalg EC -alias a -dname CN=a -storepass secret -keystore " + keys;
    tool("keytool", made);
    tool("jarsigner", "-storepass secret -keystore " + keys + " " + jar + " a");
    try (var zip = java.nio.file.FileSystems.newFileSystem(jar)) {
      byte[] type = Files.readAllBytes(zip.getPath("example/Hello.class"));
      type[type.length - 1]++;
      Files.write(zip.getPath("example/Hello.class"), type);
    }
    scan();
    assertTrue(refused("hello").contains("example.Hello cannot be loaded"), refused("hello"));
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
  void oneThatFailsWhenAllAreAskedIsQuarantinedAndTheOthersAnswer(String body) throws Exception {
    String fails = "public String greet(String whom) { " + body + " }";
    new BuiltJar().greeting("Fails", "fails", fails).at(folder.resolve("fails.jar"));
    new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("hello.jar"));
    scan();
    for (int i = 0; i < 2; i++) {
      List<String> answers = new ArrayList<>();
      for (Greeting each : extensions.shared(Greeting.class).values()) {
        answers.add(extensions.ask(each, () -> each.greet("x"), "nothing"));
      }
      assertEquals(i == 0, answers.remove("nothing"));
      assertEquals(3, answers.size());
      assertTrue(answers.contains("hello x"), answers::toString);
    }
    assertTrue(quarantine("fails.jar").contains("example.Fails failed when it was asked: "));
    assertTrue(refused("fails").contains("fails.jar, which is not used"), refused("fails"));
    Greeting polite = extensions.make(Greeting.class, "polite");
    // What is of the class path has no jar to leave out.
    assertThrows(
        ArithmeticException.class,
        () -> extensions.ask(polite, () -> String.valueOf(1 / (polite.hashCode() & 0)), ""));
  }

  @Test
  void whatAPluginOwnsIsClosedWithIt() throws Exception {
    new BuiltJar().greeting("Hello", "hello", HELLO).at(folder.resolve("hello.jar"));
    scan();
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
    scan();
    Greeting one = extensions.make(Greeting.class, "one");
    Greeting two = extensions.make(Greeting.class, "two");
    assertEquals("1", one.greet(""));
    assertEquals("1", two.greet(""));
    assertSame(one.getClass(), extensions.make(Greeting.class, "one").getClass());
  }
}

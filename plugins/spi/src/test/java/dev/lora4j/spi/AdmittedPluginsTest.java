package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmittedPluginsTest {
  @TempDir private Path folder;
  private GreetingPlugins plugins = new GreetingPlugins(Path.of(""));
  private Extensions extensions = plugins.extensions();

  @BeforeEach
  void inFolder() {
    plugins = new GreetingPlugins(folder);
    extensions = plugins.extensions();
  }

  @Test
  void capabilitiesAreAdmittedByHash() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .attribute("Lora4j-Capabilities", "network")
            .at(folder.resolve("hello.jar"));
    AdmittedPlugins.read(folder).admit(jar, EnumSet.of(Capability.NETWORK));
    plugins.scan();
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
    // Another build of it is another jar.
    new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO.replace("hello", "bye"))
        .attribute("Lora4j-Capabilities", "network")
        .at(jar);
    assertTrue(PluginFolder.scan(folder).get(0).quarantine().isPresent());
  }

  @Test
  void allowListExcludesUnadmittedJars() throws Exception {
    Path known =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("known.jar"));
    new BuiltJar()
        .greeting("Other", "other", GreetingPlugins.HELLO)
        .at(folder.resolve("unknown.jar"));
    Files.createFile(folder.resolve(AdmittedPlugins.ALLOW_LIST));
    AdmittedPlugins.read(folder).admit(known, EnumSet.noneOf(Capability.class));
    plugins.scan();
    assertEquals("", plugins.quarantine("known.jar"));
    assertTrue(
        plugins
            .quarantine("unknown.jar")
            .contains("its hash is not in " + folder.resolve("admitted.txt")));
    assertTrue(plugins.refused("other").contains("unknown.jar, which is not used: there is "));
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
  void unreadableAdmissionLineLeavesTheOthers(String text, String reason, String problem)
      throws Exception {
    Path jar = asking("hello.jar");
    Files.writeString(
        folder.resolve(AdmittedPlugins.FILE),
        text.formatted(AdmittedPlugins.sha256(jar)).replace(';', '\n'));
    plugins.scan();
    assertEquals(
        reason.isEmpty(),
        plugins.quarantine("hello.jar").isEmpty(),
        plugins.quarantine("hello.jar"));
    assertTrue(plugins.quarantine("hello.jar").startsWith(reason), plugins.quarantine("hello.jar"));
    String problems = AdmittedPlugins.read(folder).problems().toString().replace("'abc'", "abc");
    assertEquals(problem.isEmpty(), problems.equals("[]"), problems);
    assertTrue(problems.contains(problem), problems);
  }

  private Path asking(String name) throws Exception {
    return new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO)
        .attribute("Lora4j-Capabilities", "network")
        .at(folder.resolve(name));
  }

  @Test
  void sha256sumOutputAdmitsJarsWithoutCapabilities() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("hello.jar"));
    Files.createFile(folder.resolve(AdmittedPlugins.ALLOW_LIST));
    Files.writeString(
        folder.resolve(AdmittedPlugins.FILE), AdmittedPlugins.sha256(jar) + "  hello.jar\n");
    plugins.scan();
    assertEquals("", plugins.quarantine("hello.jar"));
  }

  @Test
  void nonTextAdmissionsAdmitNothingAndStay() throws Exception {
    Path jar = asking("hello.jar");
    Path file = folder.resolve(AdmittedPlugins.FILE);
    Files.writeString(file, AdmittedPlugins.sha256(jar) + " network\n", StandardCharsets.UTF_16);
    byte[] before = Files.readAllBytes(file);
    new BuiltJar()
        .greeting("Other", "other", GreetingPlugins.HELLO)
        .at(folder.resolve("other.jar"));
    plugins.scan();
    assertTrue(plugins.quarantine("hello.jar").startsWith("it asks for network"));
    assertEquals("", plugins.quarantine("other.jar"));
    AdmittedPlugins read = AdmittedPlugins.read(folder);
    assertTrue(read.problems().toString().contains("UTF-8"), read.problems().toString());
    assertThrows(UncheckedIOException.class, () -> read.admit(jar, EnumSet.of(Capability.NETWORK)));
    assertArrayEquals(before, Files.readAllBytes(file));
  }

  @Test
  void admitCommandIsQuotedForAShell() throws Exception {
    asking("Anna's own.jar");
    plugins.scan();
    String reason = plugins.quarantine("Anna's own.jar");
    assertTrue(reason.endsWith("admit '" + folder + "/Anna'\\''s own.jar''"), reason);
  }
}

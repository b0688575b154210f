package dev.lora4j.spi;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is admitted by its hash is what runs, and looking into a folder harms nobody. */
class PluginTrustTest {
  private static final Duration SOON = Duration.ofSeconds(30);
  private static final String MANIFEST = "META-INF/MANIFEST.MF";

  @TempDir private Path folder;
  private GreetingPlugins plugins = new GreetingPlugins(Path.of(""));
  private Extensions extensions = plugins.extensions();

  @BeforeEach
  void inFolder() {
    plugins = new GreetingPlugins(folder);
    extensions = plugins.extensions();
  }

  private BuiltJar asking(String word) {
    return new BuiltJar()
        .greeting("Hello", "hello", GreetingPlugins.HELLO.replace("hello", word))
        .attribute("Lora4j-Capabilities", "network");
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.jar", "file:/tmp/other.jar", "a.jar b.jar"})
  void aJarThatDrawsOthersInIsRefused(String others) throws Exception {
    Path jar = asking("hello").attribute("Class-Path", others).at(folder.resolve("a.jar"));
    plugins.scan();
    assertTrue(
        plugins.quarantine("a.jar").startsWith("its manifest has a Class-Path (" + others),
        plugins.quarantine("a.jar"));
    AdmittedPlugins admissions = AdmittedPlugins.read(folder);
    assertThrows(ExtensionException.class, () -> admissions.admit(jar));
    assertTrue(Files.notExists(folder.resolve(AdmittedPlugins.FILE)));
  }

  @Test
  void aListOfOtherJarsIsRefused() throws Exception {
    Path jar = asking("hello").at(folder.resolve("a.jar"));
    write(jar, "META-INF/INDEX.LIST", "JarIndex-Version: 1.0\n\nother.jar\nother\n");
    plugins.scan();
    assertTrue(plugins.quarantine("a.jar").startsWith("it has META-INF/INDEX.LIST, which names"));
  }

  @Test
  void jarChangedAfterAdmissionDoesNotRun() throws Exception {
    Path jar = asking("hello").at(folder.resolve("a.jar"));
    Path other = asking("bye").at(folder.resolve("other.zip"));
    assertEquals("a.jar", AdmittedPlugins.read(folder).admit(jar).name());
    plugins.scan();
    assertEquals("", plugins.quarantine("a.jar"));
    Files.write(jar, Files.readAllBytes(other));
    assertTrue(
        plugins.refused("hello").contains("the file was changed after it was looked at"),
        plugins.refused("hello"));
  }

  @Test
  void jarRequestingNewCapabilitiesDoesNotRun() throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("a.jar"));
    plugins.scan();
    Files.write(jar, Files.readAllBytes(asking("hello").at(folder.resolve("other.zip"))));
    assertTrue(plugins.refused("hello").contains("the file was changed"));
  }

  /** Classes are loaded one by one, as they are needed; all are of the jar that was admitted. */
  @Test
  void lateLoadedClassesAreOfTheAdmittedBytes() throws Exception {
    Path jar = late("first").at(folder.resolve("a.jar"));
    Path other = late("other").at(folder.resolve("other.zip"));
    AdmittedPlugins.read(folder).admit(jar);
    plugins.scan();
    Greeting greeting = extensions.make(Greeting.class, "hello");
    Files.write(jar, Files.readAllBytes(other));
    assertEquals("first", greeting.greet("x"));
  }

  private static BuiltJar late(String word) {
    return new BuiltJar()
        .greeting("Hello", "hello", "public String greet(String w) { return Late.WORD.trim(); }")
        .source(
            "example.Late",
            "package example; class Late { static final String WORD = \"%s\".concat(\"\"); }"
                .formatted(word))
        .attribute("Lora4j-Capabilities", "network");
  }

  @Test
  void aFilesNameAdmitsNoOtherJar() throws Exception {
    Path evil = asking("bye").at(folder.resolve("evil.jar"));
    String line = AdmittedPlugins.sha256(evil) + " network evil.jar";
    Path jar = asking("hello").at(folder.resolve("a\n" + line + "\r\u202e.jar"));
    AdmittedPlugins.read(folder).admit(jar);
    List<String> lines = Files.readAllLines(folder.resolve(AdmittedPlugins.FILE));
    assertEquals(List.of(AdmittedPlugins.sha256(jar) + " network a?" + line + "??.jar"), lines);
    plugins.scan();
    assertTrue(plugins.quarantine("evil.jar").startsWith("it asks for network"));
    assertEquals("hello x", extensions.make(Greeting.class, "hello").greet("x"));
  }

  @Test
  void aPipeInTheFolderDoesNotBlock() throws Exception {
    asking("hello").at(folder.resolve("a.jar"));
    Path device = Path.of("/dev/zero");
    // Systems without pipes in folders have no such command, and nothing to refuse.
    if (Files.isExecutable(Path.of("/usr/bin/mkfifo")) && Files.exists(device)) {
      pipe("pipe.jar");
      pipe(AdmittedPlugins.FILE);
      Files.createSymbolicLink(folder.resolve("zero.jar"), device);
      assertTimeoutPreemptively(SOON, plugins::scan);
      for (String name : List.of("pipe.jar", "zero.jar")) {
        assertTrue(plugins.quarantine(name).contains("a device; expected a regular file"));
        assertTimeoutPreemptively(
            SOON,
            () ->
                assertThrows(
                    ExtensionException.class,
                    () -> AdmittedPlugins.read(folder).admit(folder.resolve(name))));
      }
      assertTrue(plugins.quarantine("a.jar").startsWith("it asks for network"));
      assertTrue(AdmittedPlugins.read(folder).problems().toString().contains("a device"));
    }
  }

  private void pipe(String name) throws Exception {
    String path = folder.resolve(name).toString();
    assertEquals(0, new ProcessBuilder("/usr/bin/mkfifo", path).start().waitFor());
  }

  @ParameterizedTest
  @ValueSource(strings = {MANIFEST, ExtensionIndex.PATH})
  void hugeMetadataEntriesAreQuarantined(String entry) throws Exception {
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", GreetingPlugins.HELLO)
            .at(folder.resolve("a.jar"));
    write(jar, entry, " ".repeat(17 << 20));
    plugins.scan();
    assertTrue(
        plugins.quarantine("a.jar").contains(entry + " has more than the 16777216 bytes"),
        plugins.quarantine("a.jar"));
  }

  @Test
  void pluginReadsItsOwnResources() throws Exception {
    String body =
        """
        public String greet(String whom) {
          try (var in = Hello.class.getResourceAsStream("/data/a word.txt")) {
            var url = Hello.class.getClassLoader().getResource("data/a word.txt");
            String again = new String(url.openStream().readAllBytes());
            int all = java.util.Collections.list(
                Hello.class.getClassLoader().getResources("data/a word.txt")).size();
            return new String(in.readAllBytes()) + again + all + url.toURI().getScheme()
                + Hello.class.getPackage().getImplementationVersion()
                + (Hello.class.getResource("/data/absent") == null);
          } catch (java.io.IOException | java.net.URISyntaxException e) {
            throw new IllegalStateException(e);
          }
        }
        """;
    Path jar =
        new BuiltJar()
            .greeting("Hello", "hello", body)
            .attribute("Implementation-Version", "7")
            .at(folder.resolve("a.jar"));
    write(jar, "data/a word.txt", "word");
    plugins.scan();
    assertEquals("wordword1plugin7true", extensions.make(Greeting.class, "hello").greet("x"));
  }

  @Test
  void classesForThisPlatformAreTaken() throws Exception {
    Path jar = late("base").attribute("Multi-Release", "true").at(folder.resolve("a.jar"));
    Path newer = late("newer").at(folder.resolve("newer.zip"));
    byte[] code;
    try (FileSystem zip = FileSystems.newFileSystem(newer)) {
      code = Files.readAllBytes(zip.getPath("example/Late.class"));
    }
    write(jar, "META-INF/versions/11/example/Late.class", code);
    write(jar, "META-INF/versions/9999/example/Late.class", new byte[] {1});
    AdmittedPlugins.read(folder).admit(jar);
    plugins.scan();
    assertEquals("newer", extensions.make(Greeting.class, "hello").greet("x"));
  }

  @Test
  void truncatedOrAlteredJarCausesOnlyIoErrors() throws Exception {
    byte[] whole = Files.readAllBytes(asking("hello").at(folder.resolve("a.jar")));
    for (int i = 0; i < whole.length; i++) {
      assertOnlyIoFails(Arrays.copyOf(whole, i));
      for (int bit = 1; bit < 256; bit <<= 3) {
        byte[] altered = whole.clone();
        altered[i] ^= (byte) bit;
        assertOnlyIoFails(altered);
      }
    }
    assertArrayEquals(
        JarBytes.of(whole).entry(MANIFEST, 1 << 20).orElseThrow(),
        JarBytes.of(
                ("#!/bin/sh\n" + new String(whole, StandardCharsets.ISO_8859_1))
                    .getBytes(StandardCharsets.ISO_8859_1))
            .entry(MANIFEST, 1 << 20)
            .orElseThrow());
  }

  private static void assertOnlyIoFails(byte[] content) {
    try {
      JarBytes jar = JarBytes.of(content);
      for (String name : jar.names()) {
        jar.entry(name, 1 << 20);
      }
    } catch (IOException | SecurityException e) {
      // That is what it may say.
    }
  }

  @Test
  void failedAdmissionLeavesNoFile() throws Exception {
    Path jar = asking("hello").at(folder.resolve("a.jar"));
    AdmittedPlugins admissions = AdmittedPlugins.read(folder);
    Files.createDirectories(folder.resolve(AdmittedPlugins.FILE).resolve("in the way"));
    assertThrows(RuntimeException.class, () -> admissions.admit(jar));
    try (Stream<Path> left = Files.list(folder)) {
      assertTrue(left.noneMatch(f -> f.toString().endsWith(".new")));
    }
  }

  private static void write(Path jar, String entry, String text) throws IOException {
    write(jar, entry, text.getBytes(StandardCharsets.UTF_8));
  }

  private static void write(Path jar, String entry, byte[] content) throws IOException {
    try (FileSystem zip = FileSystems.newFileSystem(jar)) {
      Path path = zip.getPath(entry);
      if (path.getParent() != null) {
        Files.createDirectories(path.getParent());
      }
      try (OutputStream out = Files.newOutputStream(path)) {
        out.write(content);
      }
    }
  }
}

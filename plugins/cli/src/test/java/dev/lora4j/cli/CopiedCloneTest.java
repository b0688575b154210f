package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The launcher in copies of a clone, with a Maven that makes empty jars and a Java that echoes. */
class CopiedCloneTest {
  private static final String MAVEN =
      """
      #!/bin/sh
      echo built >>builds
      mkdir -p lora-core/target/quick
      : >lora-core/target/quick/core.jar
      for app in cli bench server hub studio whisper vision flow parquet recipes; do
        mkdir -p plugins/$app/target/quick
        for kind in "" -javadoc -sources -tests; do
          : >plugins/$app/target/quick/$app$kind.jar
        done
        printf '%s:%s' "$PWD/lora-core/target/quick/core.jar" "$(dirname "$PWD")/outside.jar" \\
          >plugins/$app/target/quick/classpath
      done
      """;

  @TempDir private Path folder;

  private Path clone;

  @BeforeEach
  void cloned() throws IOException {
    folder = folder.toRealPath();
    clone = Files.createDirectory(folder.resolve("clone"));
    Files.copy(
        Path.of("../../lora4j"), clone.resolve("lora4j"), StandardCopyOption.COPY_ATTRIBUTES);
    script(clone.resolve("mvnw"), MAVEN);
    Files.writeString(folder.resolve("outside.jar"), "");
    Path jdk = Files.createDirectories(folder.resolve("jdk/bin"));
    script(jdk.resolve("java"), "#!/bin/sh\nprintf '%s\\n' \"$@\"\n");
    script(jdk.resolve("javac"), "#!/bin/sh\n");
    Files.writeString(jdk.resolveSibling("release"), "JAVA_VERSION=\"17.0.1\"\n");
  }

  private static void script(Path file, String text) throws IOException {
    Files.writeString(file, text);
    assertTrue(file.toFile().setExecutable(true));
  }

  /** The class path that a clone starts with. */
  private List<String> started(Path in) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder("/bin/sh", in.resolve("lora4j").toString(), "doctor");
    builder.environment().put("JAVA_HOME", folder.resolve("jdk").toString());
    builder.environment().remove("LORA4J_MAVEN");
    builder.environment().remove("LORA4J_BUILD");
    builder.redirectError(folder.resolve("err").toFile());
    Process process = builder.start();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), Files.readString(folder.resolve("err")));
    List<String> words = out.lines().toList();
    return Arrays.asList(words.get(words.indexOf("-cp") + 1).split(":"));
  }

  private long builds(Path in) throws IOException {
    return Files.readAllLines(in.resolve("builds")).size();
  }

  private Path copied(String name) throws IOException {
    Path copy = folder.resolve(name);
    try (Stream<Path> all = Files.walk(clone)) {
      for (Path one : all.toList()) {
        Files.copy(one, copy.resolve(clone.relativize(one)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return copy;
  }

  private void assertOwn(Path in, List<String> jars) {
    assertEquals(12, jars.size(), jars.toString());
    for (String jar : jars) {
      assertTrue(
          jar.startsWith(in + "/target/launcher/build-") || jar.equals(folder + "/outside.jar"),
          jar);
      assertTrue(Files.exists(Path.of(jar)), jar);
    }
  }

  @Test
  void copyRunsItsOwnJars() throws Exception {
    assertOwn(clone, started(clone));
    Path copy = copied("copy");
    List<String> jars = started(copy);
    assertOwn(copy, jars);
    assertEquals(1, builds(copy), "a whole build is taken as it is");
    assertFalse(jars.stream().anyMatch(j -> j.startsWith(clone + "/target")), jars.toString());
  }

  @Test
  void movedCloneStarts() throws Exception {
    started(clone);
    Path moved = Files.move(clone, folder.resolve("moved"));
    assertOwn(moved, started(moved));
  }

  /** As an earlier launcher wrote it. */
  @Test
  void jarsOfAnotherCloneAreBuiltAnew() throws Exception {
    List<String> jars = started(clone);
    Path build = Path.of(jars.get(0)).getParent();
    Files.writeString(build.resolve("classpath"), String.join(":", jars));
    assertOwn(clone, started(clone));
    assertEquals(1, builds(clone), "its own jars are its own, however they are named");
    Path copy = copied("copy");
    assertOwn(copy, started(copy));
    assertEquals(2, builds(copy));
  }
}

package dev.lora4j.cli.file;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import dev.lora4j.cli.console.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two runs never work in one folder, and one that died leaves it free. */
@SuppressWarnings("try") // claims are only held
class LockedFolderTest {
  @TempDir private Path folder;

  /** Claims a folder, says so, and works until it is killed. */
  static final class Worker {
    private Worker() {}

    public static void main(String[] args) throws InterruptedException {
      try (LockedFolder claim = LockedFolder.of(Path.of(args[0]))) {
        System.out.write('c');
        System.out.flush();
        Thread.sleep(Long.MAX_VALUE);
      }
    }
  }

  @Test
  void releasedFolderIsFreeAgain() {
    try (LockedFolder claim = LockedFolder.of(folder)) {
      Failure refused = assertThrows(Failure.class, () -> LockedFolder.of(folder));
      assertTrue(refused.getMessage().contains(folder.toString()), refused.getMessage());
    }
    LockedFolder.of(folder).close();
  }

  @Test
  void lockingProcessIsNamedAndDeathFreesFolder() throws Exception {
    Process worker =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                folder.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (InputStream said = worker.getInputStream()) {
      assertEquals('c', said.read());
      Failure refused = assertThrows(Failure.class, () -> LockedFolder.of(folder));
      assertTrue(refused.getMessage().contains("process " + worker.pid()), refused.getMessage());
    } finally {
      worker.destroyForcibly().waitFor();
    }
    LockedFolder.of(folder).close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "--overwrite", "--resume"})
  void aRunThatWouldMeetAnotherChangesNothing(String how) throws IOException {
    Run.pictures(folder.resolve("pictures"));
    Path out = folder.resolve("style.safetensors");
    Path run = folder.resolve("style.run");
    Path settings = Files.createDirectories(run).resolve("run.toml");
    Files.writeString(settings, "of the other run");
    try (LockedFolder other = LockedFolder.of(run)) {
      List<String> words =
          List.of("train", "--images=" + folder.resolve("pictures"), "--out=" + out, Run.BASE);
      Run refused =
          how.isEmpty()
              ? Run.of(words.toArray())
              : Run.of(words.get(0), words.get(1), words.get(2), words.get(3), how);
      assertEquals(1, refused.code(), refused.err());
      assertTrue(refused.err().contains("Another run works in " + run), refused.err());
    }
    assertEquals("of the other run", Files.readString(settings));
    assertFalse(Files.exists(out));
  }
}

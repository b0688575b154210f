package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In processes of their own, which a page that is gone would end. */
class MappedFileTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "cut         | run  | it had 4194304 bytes, and now has 100.",
        "cut         | hold | it had 4194304 bytes, and now has 100.",
        "cut         | read | it had 4194304 bytes, and now has 100.",
        "overwritten | run  | it was written to.",
      })
  void changedMappedFileIsAnError(String how, String use, String said) throws Exception {
    String told = used(how, use);
    Path file = folder.resolve("weights").toRealPath();
    assertTrue(told.startsWith(file + " was changed while it was in use: " + said), told);
  }

  @ParameterizedTest
  @CsvSource({"replaced, run, 1.0", "removed, run, 1.0", "removed, read, 0.0"})
  void replacedOrRemovedMappedFileStaysUsable(String how, String use, String value)
      throws Exception {
    assertEquals("used, " + value, used(how, use));
  }

  private String used(String how, String use) throws Exception {
    Process child =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "-Dai.djl.offline=true",
                "-cp",
                System.getProperty("java.class.path"),
                CutMapping.class.getName(),
                folder.resolve("weights").toString(),
                how,
                use)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    String told = new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, child.waitFor(), told);
    return told.strip();
  }

  @Test
  void foldersAndMissingFilesAreNotMapped() {
    String message = assertThrows(TensorException.class, () -> MappedFile.of(folder)).getMessage();
    assertTrue(message.contains("it is no regular file"), message);
    Path absent = folder.resolve("absent");
    assertThrows(TensorException.class, () -> MappedFile.of(absent));
    assertTrue(Files.notExists(absent));
  }
}

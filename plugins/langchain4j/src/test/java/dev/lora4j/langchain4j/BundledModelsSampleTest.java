package dev.lora4j.langchain4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class BundledModelsSampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/lora4j/langchain4j/BundledModelsSample.java");

  @TempDir private Path folder;

  @Test
  void sampleRuns() throws IOException, InterruptedException {
    BundledModelsSample.main(new String[] {folder.toString()});
    assertEquals(64, PictureFile.read(folder.resolve("fox.png")).header().width());
  }

  @Test
  void documentShowsTheSample() throws IOException {
    String source = Files.readString(SOURCE).replace("\r\n", "\n");
    String shown = source.substring(source.indexOf("import "));
    assertTrue(shown.lines().count() < 40);
    String document = Files.readString(Path.of("../../docs/java.md")).replace("\r\n", "\n");
    assertTrue(document.contains(shown), "docs/java.md does not show " + SOURCE);
  }
}

package dev.lora4j.spring.sample;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.tinylm.TinyLm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class BundledModelsSampleTest {
  private static final Path SOURCE =
      Path.of("src/test/java/dev/lora4j/spring/sample/BundledModelsSample.java");

  @Test
  void sampleRuns() throws IOException {
    Path picture = Path.of("target/fox.png");
    Files.deleteIfExists(picture);
    BundledModelsSample.main(
        new String[] {
          "--lora4j.base=" + EmojiSd.folder(),
          "--lora4j.text=" + TinyLm.folder(),
          "--lora4j.chat.max-tokens=40"
        });
    assertEquals(64, PictureFile.read(picture).header().width());
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

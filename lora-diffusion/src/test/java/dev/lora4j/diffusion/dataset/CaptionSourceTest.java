package dev.lora4j.diffusion.dataset;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSetFile;
import dev.lora4j.diffusion.dataset.source.DataSource;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where captions come from is chosen by name, and anybody's sources are among the names. */
class CaptionSourceTest {
  /** Captions some pictures alike. */
  @Extension(point = CaptionSource.class, name = "test-alike", help = "The same for some pictures")
  public record Alike(
      @Setting(help = "What it says") String text,
      @Setting(help = "Beginning of the names", defaultValue = "") String of)
      implements CaptionSource {
    @Override
    public Captions in(DataSource folder, Consumer<DataProblem> problems) {
      return picture -> {
        if (text.equals("broken")) {
          throw new IllegalStateException("no words");
        }
        return String.valueOf(picture.getFileName()).startsWith(of)
            ? Optional.of(new Caption(text, true, picture))
            : Optional.empty();
      };
    }
  }

  @TempDir Path temporary;

  private TestFolder folder;

  @BeforeEach
  void pictures() {
    folder = new TestFolder(temporary.resolve("foxes"));
    folder.picture("a.png", 96, 48).text("a.txt", "a red fox");
    folder.picture("b_c.png", 48, 96);
  }

  private DataSet surveyed(String sources) throws IOException {
    Path file = temporary.resolve("data.toml");
    Files.writeString(
        file,
        """
        [[datasets]]
        resolution = 32
          [[datasets.subsets]]
          image_dir = "foxes"
          class_tokens = "fox"
          caption_sources = %s
        """
            .formatted(sources));
    List<DataGroup> groups = DataSetFile.read(file);
    return DataSet.survey(groups, DataSet.Depth.HEADERS);
  }

  private List<String> captions(String sources) throws IOException {
    return surveyed(sources).usable().items().stream().map(DataItem::caption).toList();
  }

  @Test
  void firstSourceWithACaptionCounts() throws IOException {
    assertEquals(List.of("a red fox", "fox"), captions("[\"text\", \"class_tokens\"]"));
    assertEquals(List.of("fox", "fox"), captions("[\"class_tokens\", \"text\"]"));
    assertEquals(List.of("a", "b c"), captions("[\"file_name\"]"));
    assertEquals(
        List.of("a red fox", "quick"), captions("[\"text\", \"test-alike:text=quick,of=b\"]"));
  }

  @Test
  void aPictureWithoutAnyIsNamed() throws IOException {
    String problems = surveyed("[\"text\"]").problems().toString();
    assertTrue(problems.contains("b_c.png has no caption from any of"), problems);
  }

  @Test
  void missingAndFailingSourcesAreNamed() throws IOException {
    String missing = surveyed("[\"texts\"]").problems().toString();
    assertTrue(missing.contains("There is no CaptionSource 'texts'"), missing);
    assertTrue(missing.contains("text"), missing);
    String broken = surveyed("[\"test-alike:text=broken\"]").problems().toString();
    assertTrue(broken.contains("a.png") && broken.contains("no words"), broken);
    String setting = surveyed("[\"test-alike\"]").problems().toString();
    assertTrue(setting.contains("text"), setting);
  }
}

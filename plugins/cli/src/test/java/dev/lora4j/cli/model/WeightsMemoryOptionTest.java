package dev.lora4j.cli.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.cli.Run;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** The option {@code --weights-memory}. */
class WeightsMemoryOptionTest {
  private static final Pattern NEEDED = Pattern.compile("Give them (\\d+[kM]B) or more\\.");

  @TempDir private Path folder = Path.of("");

  private static OptionalLong bytes(String text) {
    WeightsMemoryOption option = new WeightsMemoryOption();
    new CommandLine(CommandLine.Model.CommandSpec.create().addMixin("memory", mixin(option)))
        .parseArgs("--weights-memory", text);
    return option.bytes();
  }

  private static CommandLine.Model.CommandSpec mixin(WeightsMemoryOption option) {
    return CommandLine.Model.CommandSpec.forAnnotatedObject(option);
  }

  @ParameterizedTest
  @CsvSource({
    "4GB, 4000000000",
    "800MB, 800000000",
    "3.5GiB, 3758096384",
    "3.5 gib, 3758096384",
    "10kB, 10000",
    "2MiB, 2097152",
    "1KiB, 1024"
  })
  void sizesHaveUnits(String text, long expected) {
    assertEquals(OptionalLong.of(expected), bytes(text));
  }

  private Run generate(String name, String... more) {
    List<Object> words =
        new ArrayList<>(List.of("generate", "a fox", Run.BASE, "--steps=2", "--seed=7", "-o"));
    words.add(folder.resolve(name));
    words.addAll(List.of(more));
    return Run.of(words.toArray());
  }

  @ParameterizedTest
  @ValueSource(strings = {"4", "GB", "-1GB", "0GB", "4TB", "1e3MB", "", "0.0000001kB"})
  void whatIsNoSizeIsRefused(String text) {
    Run run = generate("no.png", "--weights-memory=" + text);
    assertEquals(2, run.code(), run.err());
    assertTrue(
        run.err().contains("--weights-memory (weights_memory) takes a size above 0 such as 4GB"),
        run.err());
    assertTrue(run.err().contains("'" + text + "'"), run.err());
    assertTrue(Files.notExists(folder.resolve("no.png")));
  }

  /** The UNet's blocks are read one after the other too. */
  @Test
  void theBundledBaseMakesTheSamePicture() throws IOException {
    assertEquals(0, generate("whole.png").code());
    String memory = "1kB";
    for (int tries = 0; tries < 3; tries++) {
      Run run = generate("small.png", "--weights-memory=" + memory);
      if (run.code() == 0) {
        break;
      }
      Matcher needed = NEEDED.matcher(run.err());
      assertTrue(needed.find(), run.err());
      memory = needed.group(1);
    }
    assertArrayEquals(
        pixels(folder.resolve("whole.png")), pixels(folder.resolve("small.png")), memory);
  }

  private static int[] pixels(Path file) throws IOException {
    BufferedImage image = ImageIO.read(file.toFile());
    int width = image.getWidth();
    int height = image.getHeight();
    return image.getRGB(0, 0, width, height, new int[width * height], 0, width);
  }

  @Test
  void quickstartRefusesIt() {
    Run run = Run.of("quickstart", "--weights-memory=1GB");
    assertEquals(2, run.code(), run.err());
    assertTrue(run.err().contains("quickstart holds all weights. Leave it out."), run.err());
  }
}

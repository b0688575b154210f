package dev.lora4j.vision.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command lines of the guide are taken by the command. */
class DocumentedVisionTest {
  private static final String VISION = "./lora4j vision";

  @Test
  void everyCommandIsTaken() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("../../docs/vision.md")).stream()
            .filter(line -> line.startsWith(VISION))
            .map(line -> line.substring(VISION.length()).strip())
            .toList();
    assertTrue(lines.size() >= 5, lines.toString());
    for (String line : lines) {
      String[] words = line.split("\\s+");
      assertDoesNotThrow(() -> new CommandLine(new VisionCommand()).parseArgs(words), line);
    }
  }
}

package dev.lora4j.studio.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command lines of the guide are taken by the command. */
class DocumentedStudioTest {
  private static final String STUDIO = "./lora4j studio";

  @Test
  void everyCommandIsTaken() throws Exception {
    List<String> lines =
        Files.readAllLines(Path.of("../../docs/studio.md")).stream()
            .filter(line -> line.startsWith(STUDIO))
            .map(line -> line.substring(STUDIO.length()).strip())
            .toList();
    assertTrue(lines.size() >= 2, lines.toString());
    for (String line : lines) {
      String[] words = line.isEmpty() ? new String[0] : line.split("\\s+");
      assertDoesNotThrow(() -> new CommandLine(new StudioCommand()).parseArgs(words), line);
    }
  }
}

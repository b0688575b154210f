package dev.lora4j.server.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command lines of the guide are taken by the command. */
class DocumentedServeTest {
  private static final String SERVE = "./lora4j serve";

  @Test
  void everyCommandIsTaken() throws Exception {
    List<String> lines =
        Files.readAllLines(Path.of("../../docs/serving.md")).stream()
            .filter(line -> line.startsWith(SERVE))
            .map(line -> line.substring(SERVE.length()).strip())
            .toList();
    assertTrue(lines.size() >= 3, lines.toString());
    for (String line : lines) {
      String[] words =
          Arrays.stream(line.split("\\s+", -1)).filter(w -> !w.isEmpty()).toArray(String[]::new);
      assertDoesNotThrow(() -> new CommandLine(new ServeCommand()).parseArgs(words), line);
    }
  }
}

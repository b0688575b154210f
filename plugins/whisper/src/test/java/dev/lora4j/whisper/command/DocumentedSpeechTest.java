package dev.lora4j.whisper.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command lines of the guide are taken by the command. */
class DocumentedSpeechTest {
  private static final String SPEECH = "./lora4j speech";

  @Test
  void everyCommandIsTaken() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("../../docs/speech.md")).stream()
            .filter(line -> line.startsWith(SPEECH))
            .map(line -> line.substring(SPEECH.length()).strip())
            .toList();
    assertTrue(lines.size() >= 5, lines.toString());
    for (String line : lines) {
      String[] words = line.split("\\s+");
      assertDoesNotThrow(() -> new CommandLine(new SpeechCommand()).parseArgs(words), line);
    }
  }
}

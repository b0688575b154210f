package dev.lora4j.recipes.command;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The command lines of the guide are taken by the command. */
class DocumentedRecipesTest {
  private static final String RECIPE = "./lora4j recipe";

  @Test
  void everyCommandIsTaken() throws IOException {
    List<String> lines =
        Files.readAllLines(Path.of("../../docs/recipes.md")).stream()
            .filter(line -> line.startsWith(RECIPE))
            .map(line -> line.substring(RECIPE.length()).strip())
            .toList();
    assertTrue(lines.size() >= 3, lines.toString());
    for (String line : lines) {
      String[] words = line.split("\\s+");
      assertDoesNotThrow(() -> new CommandLine(new RecipeCommand()).parseArgs(words), line);
    }
  }
}

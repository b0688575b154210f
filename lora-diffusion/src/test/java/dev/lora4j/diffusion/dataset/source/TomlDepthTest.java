package dev.lora4j.diffusion.dataset.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TomlDepthTest {
  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "a = 1                          | 0",
        "a = [1, [2, 3], {b = [4]}]     | 3",
        "[[a.b]]\\na.b.c = 1.5          | 3",
        "a = \"[[[\" # [[[[             | 0",
        "a = '[[[' \\nb = [1]           | 1",
        "a = \"\"\"\\n[[[ \\\" \"\"\" \\nb = [1]   | 1",
        "a = \"\\\\\\\" [[[\" \\nb = [1]     | 1",
        "a = ''' [[[ '''                | 0",
        "a = \"never ends [[\\nb = [1]  | 1",
        "]]]]]a = [1]                   | 1",
        "a . b . c = 1                  | 2",
      })
  void levelsThatAreOpenAtOnceAreCounted(String text, int levels) {
    assertEquals(levels, TomlDepth.of(text.replace("\\n", "\n")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{a=", "a."})
  void aFileNestedWithoutEndIsRefused(String level) throws IOException {
    Path file = folder.resolve("data.toml");
    String deep = level.repeat(20_000);
    Files.writeString(file, level.equals("a.") ? deep + "b = 1" : "a = " + deep);
    String message =
        assertThrows(DataSetFileException.class, () -> DataSetFile.read(file)).getMessage();
    assertTrue(message.contains("nested 20000 deep; at most 100"), message);
  }

  @Test
  void usualFilesAreNotDeep() {
    assertTrue(TomlDepth.of("[[datasets]]\n[[datasets.subsets]]\nimage_dir = 'a'\n") < 5);
  }
}

package dev.lora4j.text.data;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Examples know where they were read, also when some are held out. */
class SourceLocationTest {
  @TempDir private Path folder;

  @Test
  void linesAreCountedAsInTheFile() throws IOException {
    Path some = folder.resolve("a.jsonl");
    Path more = folder.resolve("b.txt");
    Files.writeString(some, "{\"text\": \"one\"}\n\n{\"text\": \"two\"}\n");
    Files.writeString(more, "three\nlines\nare one text");
    TextDataSet data = TextDataSet.read(folder);
    List<SourceLocation> places =
        List.of(
            new SourceLocation(some, 1), new SourceLocation(some, 3), new SourceLocation(more, 0));
    assertEquals(places, data.places());
    TextDataSet.Split split = data.split(0.4, 1);
    for (TextDataSet part : List.of(split.training(), split.validation())) {
      for (int i = 0; i < part.examples().size(); i++) {
        int before = data.examples().indexOf(part.examples().get(i));
        assertEquals(places.get(before), part.places().get(i));
      }
    }
    assertEquals(some + " line 3 is long.", places.get(1).problem("is long.").toString());
  }
}

package dev.lora4j.diffusion.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/training-keys.md has every key of a run file. */
class DocumentedKeysTest {
  @Test
  void everyKeyIsDocumented() throws IOException {
    String page = Files.readString(Path.of("../docs/training-keys.md"));
    List<String> missing =
        Stream.concat(RunKeys.ALL.stream().map(RunKey::name), DataTables.names().stream())
            .map(name -> name.replaceFirst("^data\\.", ""))
            .filter(name -> !page.contains("`" + name + "`"))
            .toList();
    assertEquals(List.of(), missing);
  }
}

package dev.lora4j.parquet;

import dev.lora4j.testkit.PictureArchiveContract;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

class ParquetContractTest extends PictureArchiveContract {
  ParquetContractTest() {
    super("parquet");
  }

  @Override
  protected Path archive(Path folder) throws IOException {
    return Files.copy(Path.of("src/test/resources/hub.parquet"), folder.resolve("hub.parquet"));
  }
}

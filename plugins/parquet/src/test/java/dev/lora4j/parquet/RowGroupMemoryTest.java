package dev.lora4j.parquet;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.schema.MessageType;
import org.junit.jupiter.api.Test;

class RowGroupMemoryTest {
  @Test
  void groupThatDoesNotFitIsRefusedBeforeItIsRead() throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PlainCodecs())
            .build();
    Path hub = Path.of("src/test/resources/hub.parquet");
    try (ParquetFileReader file = ParquetFileReader.open(new LocalInputFile(hub), options)) {
      List<BlockMetaData> groups = file.getRowGroups();
      assertTrue(groups.size() > 1);
      MessageType schema = file.getFileMetaData().getSchema();
      assertDoesNotThrow(() -> ParquetArchive.requireMemory(groups, schema, 10_000));
      String sentence =
          assertThrows(
                  ArchiveException.class, () -> ParquetArchive.requireMemory(groups, schema, 500))
              .sentence();
      assertTrue(sentence.contains("at most 500 fit"), sentence);
    }
  }
}

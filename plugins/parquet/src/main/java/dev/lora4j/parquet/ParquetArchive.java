package dev.lora4j.parquet;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.PictureArchive;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.spi.Extension;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.example.data.simple.convert.GroupRecordConverter;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.metadata.BlockMetaData;
import org.apache.parquet.io.ColumnIOFactory;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.RecordReader;
import org.apache.parquet.schema.MessageType;

/**
 * A Parquet file with a row for each picture: a column with its bytes, alone or in the struct
 * {@code {bytes, path}} that the Hugging Face Hub has, and one with its caption. One group of rows
 * is in memory at a time.
 */
@Extension(
    point = PictureArchive.class,
    name = "parquet",
    help = "A Parquet file with a row for each picture, as data sets of the Hugging Face Hub are")
public record ParquetArchive() implements PictureArchive {
  private static final String ENDING = ".parquet";

  /** Share of the memory that a group of rows may take, as it is read and made into rows. */
  private static final int LEAST_SHARE = 3;

  @Override
  public List<String> endings() {
    return List.of(ENDING);
  }

  @Override
  public boolean columned() {
    return true;
  }

  @Override
  public void read(Path shard, ArchiveColumns chosen, Members to) throws IOException {
    ParquetReadOptions options =
        ParquetReadOptions.builder(new PlainParquetConfiguration())
            .withCodecFactory(new PlainCodecs())
            .build();
    try (ParquetFileReader file = ParquetFileReader.open(new LocalInputFile(shard), options)) {
      MessageType schema = file.getFileMetaData().getSchema();
      ParquetColumns columns = ParquetColumns.of(schema, chosen, to);
      MessageType read = columns.of(schema);
      requireMemory(file.getRowGroups(), read, Runtime.getRuntime().maxMemory() / LEAST_SHARE);
      file.setRequestedSchema(read);
      rows(file, read, new ParquetRows(stem(shard), columns, to));
    } catch (RuntimeException e) {
      // The library has no exception of its own for files that are damaged.
      throw new ArchiveException("is damaged, or no Parquet file that is read: " + reason(e) + ".");
    }
  }

  private static void rows(ParquetFileReader file, MessageType read, ParquetRows rows)
      throws IOException {
    long number = 0;
    PageReadStore pages = file.readNextRowGroup();
    while (pages != null) {
      RecordReader<Group> reader =
          new ColumnIOFactory()
              .getColumnIO(read)
              .getRecordReader(pages, new GroupRecordConverter(read));
      for (long i = 0; i < pages.getRowCount(); i++) {
        rows.row(number++, reader.read());
      }
      pages = file.readNextRowGroup();
    }
  }

  /** Refuses groups of rows that would not fit; a footer may say any number. */
  static void requireMemory(List<BlockMetaData> groups, MessageType read, long most)
      throws ArchiveException {
    Set<String> names =
        read.getPaths().stream().map(path -> String.join(".", path)).collect(Collectors.toSet());
    for (BlockMetaData group : groups) {
      long bytes =
          group.getColumns().stream()
              .filter(column -> names.contains(column.getPath().toDotString()))
              .mapToLong(
                  column -> Math.max(column.getTotalSize(), column.getTotalUncompressedSize()))
              .sum();
      if (bytes > most) {
        throw new ArchiveException(
            "has a group of rows of "
                + bytes
                + " bytes, which are in memory together; at most "
                + most
                + " fit. Give Java more memory (LORA4J_JAVA_OPTS=-Xmx8g), or write the file with"
                + " smaller groups (row_group_size).");
      }
    }
  }

  private static String stem(Path shard) {
    String name = String.valueOf(shard.getFileName());
    return name.toLowerCase(Locale.ROOT).endsWith(ENDING)
        ? name.substring(0, name.length() - ENDING.length())
        : name;
  }

  /** The innermost reason: the outer ones name positions in the library. */
  private static String reason(Throwable thrown) {
    Throwable inner = thrown;
    while (inner.getCause() != null && inner.getCause() != inner) {
      inner = inner.getCause();
    }
    return inner.getMessage() == null ? inner.toString() : inner.getMessage();
  }
}

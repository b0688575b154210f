package dev.lora4j.parquet;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.PictureArchive;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.parquet.example.data.Group;
import org.apache.parquet.io.api.Binary;

/**
 * Makes members of rows, whose keys are the shard's name and the number of the row.
 *
 * @param shard name of the file without its ending
 */
record ParquetRows(String shard, ParquetColumns columns, PictureArchive.Members to) {
  private static final int MOST_TEXT = 1 << 20;

  void row(long number, Group row) throws IOException {
    Optional<Binary> picture = picture(row);
    if (picture.isEmpty()) {
      to.unused("rows without the bytes of a picture");
      return;
    }
    byte[] bytes = picture.get().getBytesUnsafe();
    Optional<String> ending = PictureArchive.ending(bytes);
    if (ending.isEmpty()) {
      to.unused("rows whose bytes are no picture that is read");
      return;
    }
    String key = String.format(Locale.ROOT, "%s-%06d", shard, number);
    to.picture(key, ending.get(), new ByteArrayInputStream(bytes));
    Optional<Binary> caption = columns.caption().flatMap(name -> value(row, name));
    if (caption.isPresent()) {
      to.caption(key, text(number, caption.get()));
    }
  }

  private Optional<Binary> picture(Group row) {
    if (!columns.struct()) {
      return value(row, columns.image());
    }
    return row.getFieldRepetitionCount(columns.image()) == 0
        ? Optional.empty()
        : value(row.getGroup(columns.image(), 0), ParquetColumns.BYTES);
  }

  private static Optional<Binary> value(Group row, String name) {
    return row.getFieldRepetitionCount(name) == 0
        ? Optional.empty()
        : Optional.of(row.getBinary(name, 0));
  }

  private String text(long number, Binary text) throws ArchiveException {
    if (text.length() > MOST_TEXT) {
      throw new ArchiveException(
          "has a caption of "
              + text.length()
              + " bytes in row "
              + number
              + "; expected at most "
              + MOST_TEXT
              + ".");
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text.toByteBuffer()).toString();
    } catch (CharacterCodingException e) {
      throw new ArchiveException("has a caption in row " + number + " that is not UTF-8 text.");
    }
  }
}

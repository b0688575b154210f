package dev.lora4j.parquet;

import dev.lora4j.diffusion.dataset.archive.ArchiveException;
import dev.lora4j.diffusion.dataset.archive.PictureArchive;
import dev.lora4j.diffusion.dataset.source.ArchiveColumns;
import dev.lora4j.spi.NearestNames;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.PrimitiveType.PrimitiveTypeName;
import org.apache.parquet.schema.Type;

/**
 * The columns that are read of a file.
 *
 * @param image column with the pictures
 * @param struct whether it is Hugging Face's struct of bytes and path, not the bytes themselves
 * @param caption column with their captions; empty if there is none
 */
record ParquetColumns(String image, boolean struct, Optional<String> caption) {
  /** Usual names of columns with pictures, the first that is there counts. */
  static final List<String> IMAGES = List.of("image", "img", "jpg", "png", "webp", "bytes");

  /** Usual names of columns with captions, the first that is there counts. */
  static final List<String> CAPTIONS = List.of("text", "caption", "prompt");

  /** Name of the field with a picture's bytes in the struct. */
  static final String BYTES = "bytes";

  /**
   * Finds them.
   *
   * @throws ArchiveException if there is no column with pictures, or a chosen one is not there
   */
  static ParquetColumns of(MessageType schema, ArchiveColumns chosen, PictureArchive.Members to)
      throws ArchiveException {
    Optional<String> image =
        column(schema, "image_column", chosen.image(), IMAGES, ParquetColumns::pictured, to);
    if (image.isEmpty()) {
      throw new ArchiveException(
          "has no column of pictures called "
              + String.join(", ", IMAGES)
              + "; name one by image_column. There are "
              + listed(schema)
              + ".");
    }
    Optional<String> caption =
        column(schema, "caption_column", chosen.caption(), CAPTIONS, ParquetColumns::binary, to);
    if (caption.isEmpty()) {
      to.note(
          "has no column of captions called "
              + String.join(", ", CAPTIONS)
              + "; name one by caption_column if there is one.");
    }
    List<String> others = new ArrayList<>(schema.getFields().stream().map(Type::getName).toList());
    others.remove(image.get());
    caption.ifPresent(others::remove);
    if (!others.isEmpty()) {
      to.note("has columns that are not used: " + String.join(", ", others) + ".");
    }
    return new ParquetColumns(image.get(), !schema.getType(image.get()).isPrimitive(), caption);
  }

  private static Optional<String> column(
      MessageType schema,
      String key,
      String chosen,
      List<String> usual,
      Predicate<Type> fits,
      PictureArchive.Members to)
      throws ArchiveException {
    if (!chosen.isEmpty()) {
      require(schema, key, chosen, fits);
      return Optional.of(chosen);
    }
    List<String> found =
        usual.stream()
            .filter(schema::containsField)
            .filter(name -> fits.test(schema.getType(name)))
            .toList();
    if (found.size() > 1) {
      to.note(
          "has the columns "
              + String.join(", ", found)
              + ", of which "
              + found.get(0)
              + " is taken; "
              + key
              + " names another.");
    }
    return found.stream().findFirst();
  }

  private static void require(MessageType schema, String key, String name, Predicate<Type> fits)
      throws ArchiveException {
    if (!schema.containsField(name)) {
      List<String> names = schema.getFields().stream().map(Type::getName).toList();
      List<String> near = NearestNames.near(name, names, 1);
      throw new ArchiveException(
          "has no column '"
              + name
              + "' ("
              + key
              + ")"
              + (near.isEmpty() ? "" : "; the nearest is " + near.get(0))
              + ". There are "
              + listed(schema)
              + ".");
    }
    if (!fits.test(schema.getType(name))) {
      throw new ArchiveException(
          "has the column '"
              + name
              + "' ("
              + key
              + "), which is of another type than bytes. There are "
              + listed(schema)
              + ".");
    }
  }

  private static boolean binary(Type type) {
    return type.isPrimitive()
        && !type.isRepetition(Type.Repetition.REPEATED)
        && type.asPrimitiveType().getPrimitiveTypeName() == PrimitiveTypeName.BINARY;
  }

  private static boolean pictured(Type type) {
    if (type.isPrimitive() || type.isRepetition(Type.Repetition.REPEATED)) {
      return binary(type);
    }
    GroupType struct = type.asGroupType();
    return struct.containsField(BYTES) && binary(struct.getType(BYTES));
  }

  private static String listed(MessageType schema) {
    return String.join(", ", schema.getFields().stream().map(ParquetColumns::described).toList());
  }

  private static String described(Type type) {
    return type.getName()
        + (type.isPrimitive() ? "" : " (of " + type.asGroupType().getFieldCount() + " fields)");
  }

  /** The schema with these columns alone, so that no other is read. */
  MessageType of(MessageType schema) {
    List<Type> fields = new ArrayList<>();
    Type picture = schema.getType(image);
    fields.add(
        struct
            ? new GroupType(picture.getRepetition(), image, picture.asGroupType().getType(BYTES))
            : picture);
    caption.map(schema::getType).ifPresent(fields::add);
    return new MessageType(schema.getName(), fields);
  }
}

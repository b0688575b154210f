package dev.lora4j.spark.command;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.safetensors.RegularFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.sql.Row;

/**
 * The file that stands beside pictures until all are made: all that they depend on, so that a run
 * that was killed goes on with the same pictures alone.
 *
 * @param file beside the pictures
 * @param identity digest of rows, adapters and base
 */
record UnfinishedRows(Path file, String identity) {
  private static final String ENDING = ".rows";

  /**
   * That of pictures.
   *
   * @param pictures the file that they are numbered from
   * @param made whatever they depend on beside the rows
   */
  static UnfinishedRows of(Path pictures, PromptTable table, List<String> made) {
    StringBuilder all = new StringBuilder();
    made.forEach(part -> add(all, part));
    all.append(table.columns().json()).append('\n');
    for (Row row : table.rows()) {
      for (int i = 0; i < row.length(); i++) {
        add(all, row.isNullAt(i) ? "" : "=" + row.get(i));
      }
    }
    return new UnfinishedRows(
        OutputFile.beside(pictures, ENDING),
        Digests.hex(all.toString().getBytes(StandardCharsets.UTF_8)));
  }

  private static void add(StringBuilder all, String part) {
    all.append(part.length()).append(' ').append(part).append('\n');
  }

  /**
   * True if pictures that are there are of the same rows.
   *
   * @throws Failure if they are of others
   */
  boolean begun() {
    if (Files.notExists(file)) {
      return false;
    }
    try {
      if (RegularFile.text(file, RegularFile.TEXT).strip().equals(identity)) {
        return true;
      }
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + ErrorExplanation.of(e), e);
    }
    throw new Failure(
        "The pictures that were begun beside "
            + file
            + " are of other prompts, options, adapters or another base. Say what was said then, or"
            + " leave --resume out to make all anew.");
  }

  /** Marks what is made from now on. */
  void begin() {
    OutputFile.text(file, identity + "\n");
  }

  /** All are made. */
  void finish() {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new Failure(file + " cannot be removed: " + ErrorExplanation.of(e), e);
    }
  }
}

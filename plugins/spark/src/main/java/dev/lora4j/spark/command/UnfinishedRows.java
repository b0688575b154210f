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
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.spark.sql.Row;

/**
 * The file that stands beside pictures until all are made. Its first line has a digest of all that
 * they depend on and the first seed; each further one the number of a picture that was made and its
 * SHA-256, so that a run that was killed takes its own pictures for made, and no others.
 *
 * @param file beside the pictures
 */
record UnfinishedRows(Path file) {
  private static final String ENDING = ".rows";

  /**
   * That of pictures.
   *
   * @param pictures the file that they are numbered from
   */
  static UnfinishedRows beside(Path pictures) {
    return new UnfinishedRows(OutputFile.beside(pictures, ENDING));
  }

  /**
   * Digest of rows.
   *
   * @param made whatever pictures depend on beside their rows
   */
  static String identity(PromptTable table, List<String> made) {
    StringBuilder all = new StringBuilder();
    made.forEach(part -> add(all, part));
    all.append(table.columns().json()).append('\n');
    for (Row row : table.rows()) {
      for (int i = 0; i < row.length(); i++) {
        add(all, row.isNullAt(i) ? "" : "=" + row.get(i));
      }
    }
    return Digests.hex(all.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static void add(StringBuilder all, String part) {
    all.append(part.length()).append(' ').append(part).append('\n');
  }

  /** The first seed of the run that was begun, if one was. */
  Optional<Long> seed() {
    return lines().stream().findFirst().map(first -> Long.valueOf(fields(first)[1]));
  }

  /**
   * SHA-256 of the pictures that were made, by their numbers; none if no run was begun.
   *
   * @throws Failure if they are of other rows
   */
  Map<Long, String> made(String identity) {
    List<String> lines = lines();
    if (!lines.isEmpty() && !fields(lines.get(0))[0].equals(identity)) {
      throw new Failure(
          "The pictures that were begun beside "
              + file
              + " are of other prompts, options, adapters or another base. Say what was said then,"
              + " or leave --resume out to make all anew.");
    }
    Map<Long, String> made = new HashMap<>();
    for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
      made.put(Long.valueOf(fields(line)[0]), fields(line)[1]);
    }
    return made;
  }

  private String[] fields(String line) {
    String[] fields = line.split(" ", -1);
    if (fields.length != 2 || !(fields[0] + fields[1]).matches("[0-9a-f-]+")) {
      throw new Failure(file + " is damaged; remove it, or leave --resume out to make all anew.");
    }
    return fields;
  }

  /** Whole lines: a killed process may have left a part of one. */
  private List<String> lines() {
    if (Files.notExists(file)) {
      return List.of();
    }
    try {
      String text = RegularFile.text(file, RegularFile.VOCABULARY);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (IOException e) {
      throw new Failure(file + " cannot be read: " + ErrorExplanation.of(e), e);
    }
  }

  /** Begins anew, with no picture made. */
  void begin(String identity, long seed) {
    OutputFile.text(file, identity + " " + seed + "\n");
  }

  /** Notes that a picture is in its place. */
  void add(long number, String hash) {
    try {
      Files.writeString(file, number + " " + hash + "\n", StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new Failure(file + " cannot be written: " + ErrorExplanation.of(e), e);
    }
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

package dev.lora4j.diffusion.evaluation;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * {@code manifest.csv} of a folder of pictures: a line for each, so that others can score them.
 * Fields that hold a comma or a quotation mark stand in quotation marks.
 */
public final class EvaluationManifest {
  /** Name of the file in its folder. */
  public static final String NAME = "manifest.csv";

  /** The first line. */
  public static final String HEADER = "file,concept,style,adapter,weight,seed";

  private static final int FIELDS = 6;
  private static final int MOST_SHOWN = 80;

  private EvaluationManifest() {}

  /**
   * Writes the lines, whole or not at all.
   *
   * @throws UncheckedIOException if that fails
   */
  public static void write(Path folder, List<JudgedPicture> pictures) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (JudgedPicture p : pictures) {
      text.append(line(p)).append('\n');
    }
    Path file = folder.resolve(NAME);
    try {
      AtomicFile.write(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  /**
   * Reads the lines and their pictures, fitted to {@code side} pixels on white.
   *
   * @param concepts how many concepts there are
   * @throws EvaluationException if there is no manifest, or lines or pictures cannot be used
   */
  public static List<JudgedPicture> read(Path folder, int side, int concepts) {
    Path file = folder.resolve(NAME);
    List<String> lines;
    try {
      lines = RegularFile.lines(file, RegularFile.DATA);
    } catch (IOException e) {
      throw new EvaluationException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (lines.isEmpty() || !withoutMark(lines.get(0)).strip().equals(HEADER)) {
      throw new EvaluationException(
          file + " must begin with the line '" + HEADER + "', found " + first(lines) + ".");
    }
    List<JudgedPicture> pictures = new ArrayList<>();
    List<String> wrong = new ArrayList<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        line(folder, lines.get(i), side, concepts)
            .ifPresentOrElse(pictures::add, orElse(wrong, i, lines.get(i)));
      }
    }
    if (!wrong.isEmpty()) {
      throw new EvaluationException(
          file
              + " has lines that cannot be used; expected "
              + HEADER
              + ", with a concept from 0 to "
              + (concepts - 1)
              + ": "
              + String.join("; ", wrong.subList(0, Math.min(5, wrong.size())))
              + ".");
    }
    if (pictures.isEmpty()) {
      throw new EvaluationException(file + " lists no pictures, so there is nothing to score.");
    }
    return pictures;
  }

  /** The fields of a picture. */
  static String line(JudgedPicture p) {
    return String.join(
        ",",
        quoted(p.file()),
        Integer.toString(p.concept()),
        quoted(p.style()),
        quoted(p.adapter()),
        Double.toString(p.weight()),
        Long.toString(p.seed()));
  }

  /** Removes the byte order mark that some programs for tables write. */
  private static String withoutMark(String line) {
    return line.startsWith("\ufeff") ? line.substring(1) : line;
  }

  private static Runnable orElse(List<String> wrong, int line, String text) {
    return () -> wrong.add("line " + (line + 1) + ", '" + visible(text) + "'");
  }

  private static String first(List<String> lines) {
    return lines.isEmpty() ? "an empty file" : "'" + visible(lines.get(0)) + "'";
  }

  /** The beginning of a line that anybody may have written, without what a terminal would obey. */
  private static String visible(String line) {
    String clean =
        line.codePoints()
            .limit(MOST_SHOWN)
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return clean.length() < line.length() ? clean + "..." : clean;
  }

  private static Optional<JudgedPicture> line(Path folder, String line, int side, int concepts) {
    List<String> f = fields(line);
    if (f.size() != FIELDS) {
      return Optional.empty();
    }
    try {
      int concept = Integer.parseInt(f.get(1));
      double weight = Double.parseDouble(f.get(4));
      long seed = Long.parseLong(f.get(5));
      if (concept < 0 || concept >= concepts || !Double.isFinite(weight)) {
        return Optional.empty();
      }
      Picture picture =
          Picture.of(f.get(0), "", image(folder.resolve(f.get(0))), side, side, Color.WHITE);
      return Optional.of(
          new JudgedPicture(
              f.get(0), concept, f.get(2), f.get(3), weight, seed, picture, Optional.empty()));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }

  private static BufferedImage image(Path file) {
    try {
      return PictureFile.read(file).decodeAnySize().image();
    } catch (PictureFileException e) {
      throw new EvaluationException(file + " " + e.sentence(), e);
    }
  }

  /** A field, in quotation marks if it has to be. */
  static String quoted(String field) {
    boolean plain = field.indexOf(',') < 0 && field.indexOf('"') < 0;
    return plain ? field : '"' + field.replace("\"", "\"\"") + '"';
  }

  /** The fields of a line; {@code ""} inside quotation marks is one of them. */
  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean inside = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      boolean doubled = inside && c == '"' && i + 1 < line.length() && line.charAt(i + 1) == '"';
      if (doubled) {
        field.append(c);
        i++;
      } else if (c == '"') {
        inside = !inside;
      } else if (c == ',' && !inside) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}

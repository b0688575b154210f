package dev.lora4j.diffusion.evaluation;

import dev.lora4j.core.safetensors.AtomicFile;
import dev.lora4j.diffusion.judge.PictureJudgement;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A table of what the judges said of each picture, in CSV: the columns of the {@linkplain
 * EvaluationManifest manifest}, the nearest style, how clearly it is the judged one, the rank of
 * its concept and how clearly it shows it, and the place of its true picture. What is not known is
 * empty.
 */
public final class VerdictTable {
  /** The first line. */
  public static final String HEADER =
      EvaluationManifest.HEADER
          + ",nearest_style,style_margin,concept_rank,concept_margin,truth_rank,truth_distance";

  private VerdictTable() {}

  /**
   * Writes the lines, whole or not at all.
   *
   * @param pictures that were judged
   * @throws UncheckedIOException if that fails
   */
  public static void write(Path file, List<JudgedPicture> pictures) {
    StringBuilder text = new StringBuilder(HEADER).append('\n');
    for (JudgedPicture picture : pictures) {
      PictureJudgement said = picture.verdict().orElseThrow().asMade();
      text.append(EvaluationManifest.line(picture)).append(',');
      text.append(EvaluationManifest.quoted(said.style())).append(',');
      text.append(said.styleMargin().map(VerdictTable::number).orElse("")).append(',');
      text.append(said.conceptRank()).append(',').append(number(said.conceptMargin())).append(',');
      text.append(said.truth().map(t -> Integer.toString(t.rank())).orElse("")).append(',');
      text.append(said.truth().map(t -> number(t.distance())).orElse("")).append('\n');
    }
    try {
      AtomicFile.write(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }
}

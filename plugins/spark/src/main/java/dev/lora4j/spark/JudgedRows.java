package dev.lora4j.spark;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.image.PictureFile;
import dev.lora4j.diffusion.dataset.image.PictureFileException;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgeCriteria;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureJudgement;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;

/** Judges the rows of a partition, one after the other, as they are asked for. */
final class JudgedRows implements MapPartitionsFunction<Row, Row> {
  private static final long serialVersionUID = 1L;

  private final Broadcast<JudgeMessage> judges;
  private final boolean control;
  private final StructType schema;

  JudgedRows(Broadcast<JudgeMessage> judges, boolean control, StructType schema) {
    this.judges = judges;
    this.control = control;
    this.schema = schema;
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return rows.hasNext();
      }

      @Override
      public Row next() {
        return judged(rows.next());
      }
    };
  }

  private Row judged(Row row) {
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < row.length(); i++) {
      values.add(row.get(i));
    }
    try {
      values.addAll(verdict(row));
    } catch (PictureFileException e) {
      throw new TaskFailure("The picture of " + named(row) + " " + e.sentence(), e);
    } catch (IllegalArgumentException e) {
      throw new TaskFailure(
          "The picture of " + named(row) + " cannot be judged: " + e.getMessage(), e);
    } catch (ModelException | UncheckedIOException e) {
      throw new TaskFailure(
          "The judges cannot be opened on " + ExecutorBases.host() + ": " + e.getMessage(), e);
    }
    return new GenericRowWithSchema(values.toArray(), schema);
  }

  private static String named(Row row) {
    String all = PromptColumns.named(row);
    return all.substring(0, 1).toLowerCase(Locale.ROOT) + all.substring(1);
  }

  private List<Object> verdict(Row row) {
    if (row.isNullAt(row.fieldIndex(SparkGeneration.PICTURE))) {
      List<Object> none = VerdictColumns.none();
      none.addAll(control ? VerdictColumns.none() : List.of());
      return none;
    }
    byte[] content = row.getAs(SparkGeneration.PICTURE);
    BufferedImage image = PictureFile.of(content).decodeAnySize().image();
    return ExecutorJudges.ask(
        judges.value(), (asked, criteria) -> verdict(asked, criteria, row, image));
  }

  private List<Object> verdict(Judges asked, JudgeCriteria criteria, Row row, BufferedImage image) {
    int side = asked.styles().side();
    Picture picture = Picture.of("picture", "", image, side, side, Color.WHITE);
    List<Picture> shown = new ArrayList<>(List.of(picture));
    if (control) {
      shown.add(ControlPictures.desaturated(picture));
    }
    Optional<Integer> concept = concept(row, asked.concepts().concepts());
    List<Object> values = new ArrayList<>();
    if (concept.isEmpty()) {
      asked
          .styles()
          .judge(shown, criteria)
          .forEach(said -> values.addAll(VerdictColumns.of(said.style(), said.margin())));
    } else {
      List<JudgedSample> samples =
          shown.stream().map(one -> new JudgedSample(one, concept.get())).toList();
      for (PictureJudgement said : asked.judge(samples, criteria)) {
        values.addAll(VerdictColumns.of(said));
      }
    }
    return values;
  }

  private static Optional<Integer> concept(Row row, List<String> names) {
    Object value = row.get(row.fieldIndex(SparkJudging.CONCEPT));
    if (value == null) {
      return Optional.empty();
    }
    // Tables of text write numbers as text too.
    String text = value.toString().strip();
    int number = -1;
    for (int i = 0; i < names.size() && number < 0; i++) {
      number = names.get(i).equalsIgnoreCase(text) || text.equals(Integer.toString(i)) ? i : -1;
    }
    if (number < 0) {
      throw new IllegalArgumentException(
          "its concept is "
              + value
              + ", which the retrieval does not know; it knows the numbers 0 to "
              + (names.size() - 1)
              + ", and names such as "
              + String.join(", ", names.subList(0, Math.min(3, names.size()))));
    }
    return Optional.of(number);
  }
}

package dev.lora4j.spark;

import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.PictureVerdict;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * Judges the pictures of a data set on the machines of a Spark cluster, as {@link
 * dev.lora4j.diffusion.judge.Judges} does in one process. Immutable.
 *
 * <p>Rows have a column {@value SparkGeneration#PICTURE}, the content of a file, and {@value
 * #CONCEPT}, what the picture is to show: the name that the retrieval has for it, in any case, or
 * its number; null where only the style is asked about. All other columns stay as they are. A row
 * without a picture gets no scores.
 *
 * <table>
 *   <caption>Columns that are added; null is what is not known</caption>
 *   <tr><td>{@code nearest_style}</td><td>the style that the picture is nearest to</td></tr>
 *   <tr><td>{@code style_margin}</td><td>how clearly it is in the style that is asked about, from
 *       -2 to 2, above 0 where that is the nearest; null if the classifier does not know it</td></tr>
 *   <tr><td>{@code concept_rank}</td><td>rank of the concept among all, from 1</td></tr>
 *   <tr><td>{@code concept_margin}</td><td>how clearly it shows the concept, from -2 to 2</td></tr>
 *   <tr><td>{@code truth_rank}, {@code truth_distance}</td><td>rank of the true picture of the
 *       concept among those of others, from 1, and its distance</td></tr>
 * </table>
 */
public final class SparkJudging {
  /** Column of what a picture is to show. */
  public static final String CONCEPT = "concept";

  /** What columns of the same picture without its colours begin with. */
  public static final String WITHOUT_COLOURS = "grey_";

  private final JudgeMessage judges;
  private final boolean control;

  private SparkJudging(JudgeMessage judges, boolean control) {
    this.judges = judges;
    this.control = control;
  }

  /**
   * Judging by classifiers, whose files are read here and sent to the machines.
   *
   * @param styles a file for {@link dev.lora4j.diffusion.judge.StyleClassifier#load}
   * @param concepts a file for {@link dev.lora4j.diffusion.judge.ConceptRetrieval#load}
   * @param style that is asked about
   */
  public static SparkJudging by(Path styles, Path concepts, JudgedStyle style) {
    return new SparkJudging(JudgeMessage.of(styles, concepts, style), false);
  }

  /**
   * A copy that judges each picture without its colours too, as a control: in columns of the same
   * names behind {@value #WITHOUT_COLOURS}.
   */
  public SparkJudging withoutColours() {
    return new SparkJudging(judges, true);
  }

  /**
   * Judges, when the result is asked for.
   *
   * @return the rows with their scores
   * @throws IllegalArgumentException if a column is missing, or one of the result is there already
   */
  public Dataset<Row> judge(Dataset<Row> pictures) {
    List<String> names = Arrays.asList(pictures.columns());
    for (String needed : List.of(SparkGeneration.PICTURE, CONCEPT)) {
      if (!names.contains(needed)) {
        throw new IllegalArgumentException(
            "Rows that are judged have a column '"
                + needed
                + "'; found "
                + String.join(", ", names)
                + ".");
      }
    }
    StructType result = VerdictColumns.added(pictures.schema(), "");
    result = control ? VerdictColumns.added(result, WITHOUT_COLOURS) : result;
    List<String> all = Arrays.asList(result.fieldNames());
    List<String> taken =
        all.subList(names.size(), all.size()).stream().filter(names::contains).toList();
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          "The scores have columns of their own; rename " + String.join(", ", taken) + ".");
    }
    JavaSparkContext spark =
        JavaSparkContext.fromSparkContext(pictures.sparkSession().sparkContext());
    Broadcast<JudgeMessage> sent = spark.broadcast(judges);
    return pictures.mapPartitions(new JudgedRows(sent, control, result), Encoders.row(result));
  }

  /**
   * What a row of the result says, with the picture without its colours if that was judged.
   *
   * @throws IllegalArgumentException if its picture was not judged
   */
  public static PictureVerdict verdict(Row row) {
    return VerdictColumns.verdict(row);
  }
}

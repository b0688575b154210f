package dev.lora4j.spark;

import dev.lora4j.diffusion.evaluation.PictureVerdict;
import dev.lora4j.diffusion.judge.PictureJudgement;
import dev.lora4j.diffusion.judge.TruthRank;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** The columns that hold what judges say of a picture. */
final class VerdictColumns {
  private static final String STYLE = "nearest_style";
  private static final String STYLE_MARGIN = "style_margin";
  private static final String RANK = "concept_rank";
  private static final String MARGIN = "concept_margin";
  private static final String TRUTH = "truth_rank";
  private static final String DISTANCE = "truth_distance";
  private static final int COUNT = 6;

  private VerdictColumns() {}

  static StructType added(StructType schema, String prefix) {
    return schema
        .add(prefix + STYLE, DataTypes.StringType)
        .add(prefix + STYLE_MARGIN, DataTypes.DoubleType)
        .add(prefix + RANK, DataTypes.IntegerType)
        .add(prefix + MARGIN, DataTypes.DoubleType)
        .add(prefix + TRUTH, DataTypes.IntegerType)
        .add(prefix + DISTANCE, DataTypes.DoubleType);
  }

  /** Values of a picture that was not judged. */
  static List<Object> none() {
    return new ArrayList<>(Collections.nCopies(COUNT, null));
  }

  /** Values of a picture that shows no concept. */
  static List<Object> of(String style, Optional<Double> margin) {
    List<Object> values = none();
    values.set(0, style);
    values.set(1, margin.orElse(null));
    return values;
  }

  static List<Object> of(PictureJudgement said) {
    return Arrays.asList(
        said.style(),
        said.styleMargin().orElse(null),
        said.conceptRank(),
        said.conceptMargin(),
        said.truth().map(TruthRank.Place::rank).orElse(null),
        said.truth().map(TruthRank.Place::distance).orElse(null));
  }

  /** What they hold. */
  static PictureVerdict verdict(Row row) {
    boolean control =
        Arrays.asList(row.schema().fieldNames()).contains(SparkJudging.WITHOUT_COLOURS + STYLE);
    return new PictureVerdict(
        judgement(row, ""),
        control ? Optional.of(judgement(row, SparkJudging.WITHOUT_COLOURS)) : Optional.empty());
  }

  private static PictureJudgement judgement(Row row, String prefix) {
    Optional<String> style = Optional.ofNullable(row.getAs(prefix + STYLE));
    Optional<Integer> rank = Optional.ofNullable(row.getAs(prefix + RANK));
    if (style.isEmpty() || rank.isEmpty()) {
      throw new IllegalArgumentException("The row has no picture of a concept that was judged.");
    }
    Optional<Integer> truth = Optional.ofNullable(row.getAs(prefix + TRUTH));
    return new PictureJudgement(
        style.get(),
        Optional.ofNullable(row.getAs(prefix + STYLE_MARGIN)),
        rank.get(),
        row.getAs(prefix + MARGIN),
        truth.map(t -> new TruthRank.Place(t, row.getAs(prefix + DISTANCE))));
  }
}

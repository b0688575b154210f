package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.evaluation.JudgedStyle;
import dev.lora4j.diffusion.evaluation.PictureVerdict;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgedSample;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.judge.PictureJudgement;
import dev.lora4j.emoji.EmojiSd;
import dev.lora4j.emoji.JudgeFolder;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** True pictures, and none, as tasks of Spark judge them. */
class SparkJudgingTest {
  private static final StructType COLUMNS =
      new StructType()
          .add("id", DataTypes.StringType)
          .add("picture", DataTypes.BinaryType)
          .add("concept", DataTypes.StringType);
  private static final JudgeFolder FOLDER = EmojiSd.judge();
  private static final Map<Integer, Picture> TRUTHS =
      new TreeMap<>(FOLDER.truths(JudgeFolder.GLOSSY));
  private static final JudgedStyle GLOSSY =
      JudgedStyle.labelled("glossy", JudgeFolder.GLOSSY, TRUTHS);

  private static final LocalSpark SPARK = LocalSpark.inProcess();

  @AfterAll
  static void close() {
    SPARK.close();
    ExecutorBases.close();
  }

  private static SparkJudging judging(JudgedStyle style) {
    return SparkJudging.by(FOLDER.styleClassifier(), FOLDER.conceptRetrieval(), style);
  }

  private static byte[] png(Picture picture) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    try {
      ImageIO.write(picture.image(), "png", content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return content.toByteArray();
  }

  private static Dataset<Row> rows(List<Row> rows) {
    return SPARK.session().createDataFrame(rows, COLUMNS).repartition(3);
  }

  /** Five true pictures, whose concepts are given by number. */
  private static List<Row> truths() {
    List<Row> rows = new ArrayList<>();
    TRUTHS.entrySet().stream()
        .limit(5)
        .forEach(
            truth ->
                rows.add(
                    RowFactory.create(
                        Integer.toString(truth.getKey()),
                        png(truth.getValue()),
                        Integer.toString(truth.getKey()))));
    return rows;
  }

  @Test
  void verdictsAreThoseOfOneProcess() {
    List<Row> judged = judging(GLOSSY).withoutColours().judge(rows(truths())).collectAsList();
    assertEquals(5, judged.size());
    try (Lora4j lora = Lora4j.open(EngineOptions.DEFAULT.threads(1));
        Judges judges =
            Judges.load(lora.engine(), FOLDER.styleClassifier(), FOLDER.conceptRetrieval())) {
      for (Row row : judged) {
        int concept = Integer.parseInt(row.getAs("id"));
        Picture truth = TRUTHS.get(concept);
        Picture grey = ControlPictures.desaturated(truth);
        List<PictureJudgement> own =
            judges.judge(
                List.of(new JudgedSample(truth, concept), new JudgedSample(grey, concept)),
                GLOSSY.criteria());
        PictureVerdict verdict = SparkJudging.verdict(row);
        assertEquals(own.get(0), verdict.asMade());
        assertEquals(own.get(1), verdict.desaturated().orElseThrow());
        assertEquals(JudgeFolder.GLOSSY, verdict.asMade().style());
        assertEquals(1, verdict.asMade().truth().orElseThrow().rank());
        assertTrue(verdict.asMade().styleMargin().orElseThrow() > 0);
      }
    }
  }

  @Test
  void whatIsNotKnownIsNull() {
    int concept = TRUTHS.keySet().iterator().next();
    byte[] png = png(TRUTHS.get(concept));
    String name = FOLDER.names().get(concept).toUpperCase(Locale.ROOT);
    int other =
        IntStream.range(0, FOLDER.names().size())
            .filter(c -> !TRUTHS.containsKey(c))
            .findFirst()
            .orElseThrow();
    List<Row> rows =
        List.of(
            RowFactory.create("named", png, name),
            RowFactory.create("untrue", png, Integer.toString(other)),
            RowFactory.create("any", png, null),
            RowFactory.create("none", null, name));
    Map<String, Row> judged = new TreeMap<>();
    judging(GLOSSY).judge(rows(rows)).collectAsList().forEach(r -> judged.put(r.getAs("id"), r));
    assertEquals(List.of(), nulls(judged.get("named")));
    assertEquals(List.of("truth_rank", "truth_distance"), nulls(judged.get("untrue")));
    assertEquals(
        List.of("concept", "concept_rank", "concept_margin", "truth_rank", "truth_distance"),
        nulls(judged.get("any")));
    assertEquals(7, nulls(judged.get("none")).size());
    assertThrows(IllegalArgumentException.class, () -> SparkJudging.verdict(judged.get("none")));
    JudgedStyle examples = new JudgedStyle("mine", Optional.empty(), Map.of(), GLOSSY.mean());
    Row unlabelled = judging(examples).judge(rows(rows.subList(0, 1))).collectAsList().get(0);
    assertEquals(List.of("style_margin", "truth_rank", "truth_distance"), nulls(unlabelled));
    assertFalse(SparkJudging.verdict(unlabelled).desaturated().isPresent());
  }

  private static List<String> nulls(Row row) {
    return Arrays.stream(row.schema().fieldNames())
        .filter(name -> row.isNullAt(row.fieldIndex(name)))
        .toList();
  }

  @Test
  void whatCannotBeJudgedIsNamed() {
    byte[] png = png(GLOSSY.mean());
    Exception unknown =
        assertThrows(
            Exception.class,
            () ->
                judging(GLOSSY)
                    .judge(rows(List.of(RowFactory.create("a", png, "a thought"))))
                    .collectAsList());
    String said = TaskFailure.reason(unknown).orElseThrow();
    assertTrue(said.contains("its concept is a thought, which the retrieval does not know"), said);
    Exception text =
        assertThrows(
            Exception.class,
            () ->
                judging(GLOSSY)
                    .judge(rows(List.of(RowFactory.create("a", new byte[] {1, 2, 3}, null))))
                    .collectAsList());
    assertTrue(
        TaskFailure.reason(text).orElseThrow().startsWith("The picture of "), text.toString());
    Dataset<Row> nameless = rows(List.of()).drop("concept");
    IllegalArgumentException missing =
        assertThrows(IllegalArgumentException.class, () -> judging(GLOSSY).judge(nameless));
    assertTrue(missing.getMessage().contains("a column 'concept'; found id, picture"));
    Dataset<Row> taken = rows(List.of()).withColumnRenamed("id", "concept_rank");
    IllegalArgumentException twice =
        assertThrows(IllegalArgumentException.class, () -> judging(GLOSSY).judge(taken));
    assertTrue(twice.getMessage().contains("rename concept_rank"), twice.getMessage());
  }
}

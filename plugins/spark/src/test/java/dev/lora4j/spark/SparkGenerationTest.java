package dev.lora4j.spark;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.emoji.EmojiSd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.SparkException;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Pictures of rows, drawn by tasks of Spark. */
class SparkGenerationTest {
  private static final BasePlace BASE = BasePlace.of(EmojiSd.folder());
  private static final StructType COLUMNS =
      new StructType()
          .add("prompt", DataTypes.StringType)
          .add("seed", DataTypes.LongType)
          .add("adapters", DataTypes.StringType)
          .add("steps", DataTypes.IntegerType)
          .add("id", DataTypes.StringType);

  private static final LocalSpark SPARK = LocalSpark.inProcess();

  @AfterAll
  static void close() {
    SPARK.close();
    ExecutorBases.close();
  }

  private static SparkGeneration generation() {
    return SparkGeneration.on(BASE).adapter("glossy", EmojiSd.glossy()).keeping("id");
  }

  private static Row row(String id, String adapters) {
    return RowFactory.create("a red fox", (long) id.hashCode(), adapters, 2, id);
  }

  private static Dataset<Row> rows(int partitions, Row... rows) {
    return SPARK.session().createDataFrame(List.of(rows), COLUMNS).repartition(partitions);
  }

  private static Map<String, String> hashes(Dataset<Row> drawn) {
    Map<String, String> all = new TreeMap<>();
    drawn
        .collectAsList()
        .forEach(r -> all.put(r.getAs("id"), r.<String>getAs(SparkGeneration.HASH)));
    return all;
  }

  @Test
  void pictureDependsOnItsRowAlone() {
    Row[] asked = {row("a", ""), row("b", "glossy:0.8"), row("c", null), row("d", "glossy")};
    Map<String, String> one = hashes(generation().draw(rows(1, asked)));
    assertEquals(one, hashes(generation().draw(rows(3, asked))));
    assertEquals(4, new TreeSet<>(one.values()).size());
    StableDiffusion base = ExecutorBases.of(BASE);
    Prompt prompt =
        Prompt.of("a red fox")
            .seed("b".hashCode())
            .steps(2)
            .mix(MixPlan.of(base.adapter(EmojiSd.glossy()), 0.8));
    byte[] png = base.generate(prompt).png();
    assertEquals(Digests.hex(png), one.get("b"));
    List<Row> drawn = generation().draw(rows(1, asked[1])).collectAsList();
    assertArrayEquals(png, drawn.get(0).<byte[]>getAs(SparkGeneration.PICTURE));
    PictureRecord record = PictureRecord.read("b", png);
    assertEquals(record.json(), drawn.get(0).getAs(SparkGeneration.RECORD));
  }

  @Test
  void rowThatCannotBeDrawnIsNamed() {
    Dataset<Row> poisoned = rows(2, row("a", ""), row("b", "shiny:0.5"));
    Exception e =
        assertThrows(SparkException.class, () -> generation().draw(poisoned).collectAsList());
    assertTrue(
        e.getMessage()
            .contains(
                "The row with prompt a red fox, seed 98, adapters shiny:0.5, steps 2 cannot be"
                    + " drawn: there is no adapter 'shiny'; given are glossy"),
        e.getMessage());
    List<Row> drawn = generation().keepingErrors().draw(poisoned).collectAsList();
    for (Row row : drawn) {
      boolean bad = row.getAs("id").equals("b");
      assertEquals(bad, row.isNullAt(row.fieldIndex(SparkGeneration.PICTURE)));
      assertEquals(bad, row.isNullAt(row.fieldIndex(SparkGeneration.RECORD)));
      assertEquals(bad, !row.isNullAt(row.fieldIndex(SparkGeneration.ERROR)));
    }
  }

  @Test
  void columnsWithoutEffectAndMissingOnesAreRefused() {
    SparkGeneration unnamed = SparkGeneration.on(BASE);
    Dataset<Row> rows = rows(1, row("a", ""));
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> unnamed.draw(rows));
    assertTrue(e.getMessage().startsWith("Nothing is drawn by id."), e.getMessage());
    IllegalArgumentException seedless =
        assertThrows(IllegalArgumentException.class, () -> generation().draw(rows.drop("seed")));
    assertTrue(seedless.getMessage().contains("a column 'seed'"), seedless.getMessage());
    IllegalArgumentException absent =
        assertThrows(
            IllegalArgumentException.class, () -> generation().keeping("style").draw(rows));
    assertTrue(absent.getMessage().contains("no column style"), absent.getMessage());
  }

  @Test
  void valuesThatAreNoneAreNamed() {
    List<String> reasons = new ArrayList<>();
    for (String adapters : List.of("glossy:x", ",glossy", ":1")) {
      Row row =
          generation().keepingErrors().draw(rows(1, row("a", adapters))).collectAsList().get(0);
      reasons.add(row.getAs(SparkGeneration.ERROR));
    }
    assertTrue(reasons.get(0).contains("x is no weight"), reasons.get(0));
    assertTrue(reasons.get(1).contains("NAME:WEIGHT,NAME:WEIGHT"), reasons.get(1));
    assertTrue(reasons.get(2).contains("NAME:WEIGHT,NAME:WEIGHT"), reasons.get(2));
  }

  @Test
  void fractionsAndUnknownSamplersAreRefused() {
    StructType columns =
        new StructType()
            .add("prompt", DataTypes.StringType)
            .add("seed", DataTypes.LongType)
            .add("steps", DataTypes.DoubleType)
            .add("sampler", DataTypes.StringType);
    List<Row> asked =
        List.of(
            RowFactory.create("a red fox", 1L, 2.5, null),
            RowFactory.create("a red fox", 1L, null, "eulr"),
            RowFactory.create(null, 1L, null, null));
    List<Row> drawn =
        SparkGeneration.on(BASE)
            .keepingErrors()
            .draw(SPARK.session().createDataFrame(asked, columns).coalesce(1))
            .collectAsList();
    List<String> reasons =
        drawn.stream().map(row -> row.<String>getAs(SparkGeneration.ERROR)).toList();
    assertTrue(reasons.get(0).contains("steps is 2.5, which is not of an integer"), reasons.get(0));
    assertTrue(reasons.get(1).contains("eulr"), reasons.get(1));
    assertTrue(reasons.get(2).contains("prompt is null, which is no text"), reasons.get(2));
  }

  @Test
  void columnsOfTheResultAreNotTakenOver() {
    Dataset<Row> rows = rows(1, row("a", "")).withColumnRenamed("id", "picture");
    SparkGeneration generation = SparkGeneration.on(BASE).keeping("picture");
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> generation.draw(rows));
    assertTrue(e.getMessage().endsWith("rename picture."), e.getMessage());
  }
}

package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.spark.SparkGeneration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** A table in Parquet that executors write, whole or not at all. */
record DrawnTable(String place) implements DrawnOutput {
  @Override
  public DrawnReport write(
      Console console,
      ConnectedSpark spark,
      UnaryOperator<Dataset<Row>> drawing,
      PromptTable table,
      List<String> made,
      long seed) {
    SparkSession session = spark.session();
    requireNew(session);
    JavaSparkContext context = spark.context();
    int parts = Math.max(1, Math.min(context.defaultParallelism(), table.rows().size()));
    Dataset<Row> rows =
        session.createDataFrame(context.parallelize(table.rows(), parts), table.columns());
    console.note(
        "Making " + table.rows().size() + " pictures; the table is there when all are made.");
    drawing.apply(rows).drop(PromptTable.NUMBER).write().parquet(place);
    Dataset<Row> written = session.read().parquet(place);
    List<String> failed = new ArrayList<>();
    if (Arrays.asList(written.columns()).contains(SparkGeneration.ERROR)) {
      written
          .filter(SparkGeneration.ERROR + " is not null")
          .select(SparkGeneration.ERROR)
          .collectAsList()
          .forEach(row -> failed.add(row.getString(0)));
    }
    long pictures = written.count() - failed.size();
    return new DrawnReport(pictures, List.of(place + "  " + pictures + " pictures"), failed);
  }

  private void requireNew(SparkSession session) {
    try {
      Path path = new Path(place);
      if (path.getFileSystem(session.sparkContext().hadoopConfiguration()).exists(path)) {
        throw new Failure(place + " is there already. Name another place, or remove it first.");
      }
    } catch (java.io.IOException e) {
      throw new Failure("Spark cannot write to " + place + ": " + e.getMessage(), e);
    }
  }
}

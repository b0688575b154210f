package dev.lora4j.spark.command;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Draws rows a job at a time, a few for each task, so that pictures are there as they are made and
 * this process has a few of them at a time.
 */
final class PictureJobs {
  private static final int FOR_A_TASK = 8;

  private final SparkSession session;
  private final UnaryOperator<Dataset<Row>> drawing;
  private final int tasks;

  /**
   * Runs nothing yet.
   *
   * @param drawing whatever is done with the rows of a job, of which each stays
   */
  PictureJobs(SparkSession session, UnaryOperator<Dataset<Row>> drawing) {
    this.session = session;
    this.drawing = drawing;
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    int cpus = session.sparkContext().conf().getInt("spark.task.cpus", 1);
    tasks = Math.max(1, context.defaultParallelism() / cpus);
  }

  /** The rows with their pictures, in their order; a job runs when its first one is asked for. */
  Iterator<Row> drawn(PromptTable table) {
    Deque<Row> ready = new ArrayDeque<>();
    return new Iterator<>() {
      private int begun;

      @Override
      public boolean hasNext() {
        return !ready.isEmpty() || begun < table.rows().size();
      }

      @Override
      public Row next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        if (ready.isEmpty()) {
          int end = Math.min(table.rows().size(), begun + tasks * FOR_A_TASK);
          ready.addAll(drawn(table, begun, end));
          begun = end;
        }
        return ready.remove();
      }
    };
  }

  private List<Row> drawn(PromptTable table, int from, int to) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(session.sparkContext());
    List<Row> some = new ArrayList<>(table.rows().subList(from, to));
    Dataset<Row> asked =
        session.createDataFrame(
            context.parallelize(some, Math.min(tasks, some.size())), table.columns());
    List<Row> drawn = new ArrayList<>(drawing.apply(asked).collectAsList());
    // Those with one mix came one after the other.
    drawn.sort(Comparator.comparing(row -> row.<Long>getAs(PromptTable.NUMBER)));
    return drawn;
  }
}

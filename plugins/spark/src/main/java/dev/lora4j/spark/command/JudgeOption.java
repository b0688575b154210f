package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.cli.evaluate.AskedJudges;
import dev.lora4j.cli.evaluate.PromptConcepts;
import dev.lora4j.spark.SparkJudging;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Option of judges that are asked about each picture. */
final class JudgeOption {
  @Option(
      names = "--judge",
      paramLabel = "STYLE",
      description =
          "Score each picture of a table by the bundled judges, in columns of its own: the style"
              + " (ink, glossy, pixel, flat or a folder of true pictures), the concept, which is the"
              + " column concept of a row or what its prompt begins with, and the true picture.")
  private Optional<String> style = Optional.empty();

  /** True if pictures are judged. */
  boolean given() {
    return style.isPresent();
  }

  /**
   * The judges, if pictures are judged.
   *
   * @param table whether the output has columns
   */
  Optional<AskedJudges> judges(Console console, boolean table) {
    if (style.isPresent() && !table) {
      throw Failure.usage(
          "--judge writes its scores to a table, as of -o pictures.parquet; PNG files are scored by"
              + " 'lora4j evaluate --images'.");
    }
    return style.map(name -> AskedJudges.about(name, console));
  }

  /** Judging on the machines. */
  static SparkJudging judging(AskedJudges asked) {
    return SparkJudging.by(asked.styles(), asked.concepts(), asked.style());
  }

  /** The rows with a column of their concepts, if they have none. */
  static PromptTable named(Console console, AskedJudges asked, PromptTable table) {
    if (table.has(SparkJudging.CONCEPT)) {
      return table;
    }
    PromptConcepts concepts = new PromptConcepts(asked.names());
    List<@Nullable Integer> numbers = new ArrayList<>();
    table.rows().forEach(row -> numbers.add(concept(row, concepts)));
    long unknown = numbers.stream().filter(Objects::isNull).count();
    if (unknown > 0) {
      console.note(
          "Of "
              + numbers.size()
              + " prompts, "
              + unknown
              + " begin with no concept that the judges know; of these pictures they judge the"
              + " style alone.");
    }
    return table.with(SparkJudging.CONCEPT, DataTypes.IntegerType, numbers);
  }

  private static @Nullable Integer concept(Row row, PromptConcepts concepts) {
    return concepts.of(String.valueOf(row.<String>getAs(PromptTable.PROMPT))).orElse(null);
  }
}

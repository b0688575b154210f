package dev.lora4j.spark;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/** The columns of a row that say what is drawn. */
final class PromptColumns {
  static final String PROMPT = "prompt";
  static final String SEED = "seed";
  static final String ADAPTERS = "adapters";

  /** All columns that are read, in the order of the documentation. */
  static final List<String> ALL =
      List.of(
          PROMPT,
          SEED,
          "negative",
          ADAPTERS,
          "steps",
          "guidance",
          "width",
          "height",
          "sampler",
          "schedule",
          "clip_skip",
          "true_cfg");

  /** Columns that drawing adds. */
  private static final List<String> RESULTS =
      List.of(
          SparkGeneration.PICTURE,
          SparkGeneration.RECORD,
          SparkGeneration.HASH,
          SparkGeneration.ERROR);

  private PromptColumns() {}

  /**
   * Requires that each column is read or kept, so that none is without effect unseen.
   *
   * @throws IllegalArgumentException if one is neither, or what is needed is missing
   */
  static void require(StructType schema, Set<String> kept) {
    List<String> names = Arrays.asList(schema.fieldNames());
    for (String needed : List.of(PROMPT, SEED)) {
      if (!names.contains(needed)) {
        throw new IllegalArgumentException(
            "Rows that are drawn have a column '"
                + needed
                + "'; found "
                + String.join(", ", names)
                + ".");
      }
    }
    List<String> unknown =
        names.stream().filter(name -> !ALL.contains(name) && !kept.contains(name)).toList();
    if (!unknown.isEmpty()) {
      throw new IllegalArgumentException(
          "Nothing is drawn by "
              + String.join(", ", unknown)
              + ". Columns that are read are "
              + String.join(", ", ALL)
              + "; name others by keeping(...) to have them in the result, or drop them.");
    }
    List<String> taken = RESULTS.stream().filter(names::contains).toList();
    if (!taken.isEmpty()) {
      throw new IllegalArgumentException(
          "The result has columns "
              + String.join(", ", RESULTS)
              + " of its own; rename "
              + String.join(", ", taken)
              + ".");
    }
    List<String> missing = kept.stream().filter(name -> !names.contains(name)).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no column " + String.join(", ", missing) + " that could be kept.");
    }
  }

  /**
   * The prompt of a row.
   *
   * @param adapter finds an adapter by its name
   * @throws IllegalArgumentException if a value is missing or is none
   */
  static Prompt prompt(Row row, Function<String, Adapter> adapter) {
    Prompt prompt = Prompt.of(text(row, PROMPT)).seed(integer(row, SEED));
    for (String name : row.schema().fieldNames()) {
      if (row.isNullAt(row.fieldIndex(name))) {
        continue;
      }
      prompt =
          switch (name) {
            case "negative" -> prompt.negative(text(row, name));
            case ADAPTERS -> prompt.mix(mix(text(row, name), adapter));
            case "steps" -> prompt.steps(small(row, name));
            case "guidance" -> prompt.guidance(number(row, name).doubleValue());
            case "sampler" -> prompt.sampler(text(row, name));
            case "schedule" -> prompt.schedule(SigmaSchedule.named(text(row, name)));
            case "true_cfg" -> prompt.trueCfg(number(row, name).doubleValue());
            case "clip_skip" -> prompt.clipSkip(small(row, name));
            default -> prompt;
          };
    }
    return sized(row, prompt);
  }

  private static Prompt sized(Row row, Prompt prompt) {
    boolean wide = has(row, "width");
    if (wide != has(row, "height")) {
      throw new IllegalArgumentException("it has a width or a height alone; say both or neither");
    }
    return wide ? prompt.size(small(row, "width"), small(row, "height")) : prompt;
  }

  private static boolean has(Row row, String name) {
    return Arrays.asList(row.schema().fieldNames()).contains(name)
        && !row.isNullAt(row.fieldIndex(name));
  }

  private static MixPlan mix(String text, Function<String, Adapter> adapter) {
    MixPlan plan = MixPlan.NONE;
    for (WeightedName part : WeightedName.list(text)) {
      plan = plan.with(adapter.apply(part.name()), part.weight());
    }
    return plan;
  }

  private static String text(Row row, String name) {
    Object value = row.get(row.fieldIndex(name));
    if (value instanceof String text) {
      return text;
    }
    throw new IllegalArgumentException("its " + name + " is " + value + ", which is no text");
  }

  private static Number number(Row row, String name) {
    Object value = row.get(row.fieldIndex(name));
    if (value instanceof Number number) {
      return number;
    }
    throw new IllegalArgumentException("its " + name + " is " + value + ", which is no number");
  }

  /** A whole number; one with a fraction is refused, not cut. */
  private static long integer(Row row, String name) {
    Number value = number(row, name);
    if (value instanceof Long || value instanceof Integer || value instanceof Short) {
      return value.longValue();
    }
    throw new IllegalArgumentException(
        "its " + name + " is " + value + ", which is not of an integer type");
  }

  private static int small(Row row, String name) {
    long value = integer(row, name);
    if (value != (int) value) {
      throw new IllegalArgumentException("its " + name + " is " + value + ", which is too large");
    }
    return (int) value;
  }

  /** A row as messages name it: what it says, without what is only kept. */
  static String named(Row row) {
    List<String> parts = new ArrayList<>();
    for (String name : ALL) {
      if (has(row, name)) {
        parts.add(name + " " + row.get(row.fieldIndex(name)));
      }
    }
    return "The row with " + String.join(", ", parts);
  }
}

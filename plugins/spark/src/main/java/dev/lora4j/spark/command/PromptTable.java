package dev.lora4j.spark.command;

import dev.lora4j.cli.console.Failure;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The rows of a command, with what its options say where a row says nothing. */
record PromptTable(StructType columns, List<Row> rows) {
  /** Number of the row, from 0. */
  static final String NUMBER = "lora4j_row";

  static final String PROMPT = "prompt";
  static final String SEED = "seed";
  static final String ADAPTERS = "adapters";

  private static final String WIDTH = "width";
  private static final String HEIGHT = "height";
  private static final Set<String> SIZE = Set.of(WIDTH, HEIGHT);
  private static final Set<String> WHOLE = Set.of(SEED, "steps", WIDTH, HEIGHT, "clip_skip");
  private static final Set<String> NUMBERS = Set.of("guidance", "true_cfg");
  private static final Set<String> TEXTS =
      Set.of(PROMPT, "negative", ADAPTERS, "sampler", "schedule");

  PromptTable {
    rows = List.copyOf(rows);
  }

  /**
   * What a prompt says beside its text and seed, by column.
   *
   * @param adapters of all rows; empty for none
   */
  static Map<String, Object> said(Prompt plain, String adapters) {
    Map<String, Object> said = new LinkedHashMap<>();
    if (!plain.negative().isEmpty()) {
      said.put("negative", plain.negative());
    }
    if (!adapters.isEmpty()) {
      said.put(ADAPTERS, adapters);
    }
    plain.namedSteps().ifPresent(n -> said.put("steps", (long) n));
    plain.guidance().ifPresent(x -> said.put("guidance", x));
    plain.trueCfg().ifPresent(x -> said.put("true_cfg", x));
    if (!plain.sampler().isEmpty()) {
      said.put("sampler", plain.sampler());
    }
    if (plain.schedule() != SigmaSchedule.DEFAULT) {
      said.put("schedule", plain.schedule().text());
    }
    if (plain.clipSkip() > 0) {
      said.put("clip_skip", (long) plain.clipSkip());
    }
    if (plain.width() > 0) {
      said.put(WIDTH, (long) plain.width());
      said.put(HEIGHT, (long) plain.height());
    }
    return said;
  }

  /** A row for each prompt, with what it says. */
  static PromptTable of(List<Prompt> prompts, List<String> adapters) {
    List<Map<String, Object>> all = new ArrayList<>();
    for (int i = 0; i < prompts.size(); i++) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put(PROMPT, prompts.get(i).text());
      one.put(SEED, prompts.get(i).seed());
      one.putAll(said(prompts.get(i), adapters.get(i)));
      all.add(one);
    }
    return of(all, Map.of());
  }

  /**
   * The rows of a file.
   *
   * @param otherwise by column, where a row says nothing
   * @throws Failure naming a row whose value is none for its column
   */
  static PromptTable of(Dataset<Row> read, Map<String, Object> otherwise) {
    List<String> names = Arrays.asList(read.columns());
    Map<String, DataType> others = new LinkedHashMap<>();
    for (StructField field : read.schema().fields()) {
      if (type(field.name()).isEmpty()) {
        others.put(field.name(), field.dataType());
      }
    }
    List<Map<String, Object>> all = new ArrayList<>();
    for (Row row : read.collectAsList()) {
      Map<String, Object> one = new LinkedHashMap<>();
      for (String name : names) {
        Object value = row.get(row.fieldIndex(name));
        if (value != null) {
          one.put(name, value(all.size(), name, value));
        }
      }
      if (one.get(PROMPT) instanceof String text) {
        SentAdapters.requireNoTags(text);
      }
      boolean sized = one.containsKey(WIDTH) || one.containsKey(HEIGHT);
      otherwise.forEach(
          (name, value) -> {
            // A size is said whole.
            if (!(sized && SIZE.contains(name))) {
              one.putIfAbsent(name, value);
            }
          });
      all.add(one);
    }
    return of(all, others);
  }

  private static PromptTable of(List<Map<String, Object>> all, Map<String, DataType> others) {
    Map<String, DataType> types = new LinkedHashMap<>();
    all.forEach(
        row -> row.keySet().forEach(name -> type(name).ifPresent(t -> types.putIfAbsent(name, t))));
    types.putAll(others);
    StructType columns = new StructType().add(NUMBER, DataTypes.LongType);
    for (Map.Entry<String, DataType> column : types.entrySet()) {
      columns = columns.add(column.getKey(), column.getValue());
    }
    List<Row> rows = new ArrayList<>();
    for (Map<String, Object> one : all) {
      List<Object> values = new ArrayList<>(List.of((long) rows.size()));
      types.keySet().forEach(name -> values.add(one.get(name)));
      rows.add(new GenericRowWithSchema(values.toArray(), columns));
    }
    return new PromptTable(columns, rows);
  }

  /** True if there is a column of this name. */
  boolean has(String name) {
    return Arrays.asList(columns.fieldNames()).contains(name);
  }

  /**
   * A copy with another column.
   *
   * @param values of the rows, null for none
   */
  PromptTable with(String name, DataType type, List<? extends @Nullable Object> values) {
    StructType more = columns.add(name, type);
    List<Row> longer = new ArrayList<>();
    for (Row row : rows) {
      List<@Nullable Object> all = new ArrayList<>();
      for (int i = 0; i < row.length(); i++) {
        all.add(row.get(i));
      }
      all.add(values.get(longer.size()));
      longer.add(new GenericRowWithSchema(all.toArray(), more));
    }
    return new PromptTable(more, longer);
  }

  /** True if pictures depend on a column of this name. */
  static boolean known(String name) {
    return type(name).isPresent();
  }

  private static Optional<DataType> type(String name) {
    if (WHOLE.contains(name)) {
      return Optional.of(DataTypes.LongType);
    }
    if (NUMBERS.contains(name)) {
      return Optional.of(DataTypes.DoubleType);
    }
    return TEXTS.contains(name) ? Optional.of(DataTypes.StringType) : Optional.empty();
  }

  /** A value as its column has it; files of text have texts alone. */
  private static Object value(int row, String name, Object found) {
    try {
      if (WHOLE.contains(name)) {
        return found instanceof Integer || found instanceof Short || found instanceof Byte
            ? ((Number) found).longValue()
            : found instanceof Long ? found : Long.valueOf(String.valueOf(found).strip());
      }
      if (NUMBERS.contains(name)) {
        return Double.valueOf(String.valueOf(found).strip());
      }
    } catch (NumberFormatException e) {
      throw new Failure(
          "Row " + (row + 1) + " has the " + name + " '" + found + "', which is no number for it.",
          e);
    }
    if (TEXTS.contains(name) && !(found instanceof String)) {
      throw new Failure(
          "Row " + (row + 1) + " has the " + name + " " + found + ", which is no text.");
    }
    return found;
  }
}

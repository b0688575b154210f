package dev.lora4j.spark;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * Draws a picture for each row of a data set, on the machines of a Spark cluster. Immutable; each
 * method returns a changed copy.
 *
 * <p>A picture depends on its row alone: it has the same bits in any partition, in a second try,
 * and in a program without Spark. Rows with the same adapters are drawn one after the other.
 *
 * <table>
 *   <caption>Columns that are read; all but the first two may be absent or null</caption>
 *   <tr><td>{@code prompt}</td><td>text</td></tr>
 *   <tr><td>{@code seed}</td><td>integer</td></tr>
 *   <tr><td>{@code negative}</td><td>text to lead away from</td></tr>
 *   <tr><td>{@code adapters}</td><td>{@code NAME:WEIGHT,...} of those {@linkplain #adapter given},
 *       with a weight in any form of {@link dev.lora4j.core.mix.Weight#parse}, and a semicolon
 *       between adapters where weights have commas; without a weight it is 1</td></tr>
 *   <tr><td>{@code steps}, {@code guidance}, {@code true_cfg}, {@code sampler}, {@code schedule},
 *       {@code clip_skip}</td><td>as in {@link dev.lora4j.diffusion.request.Prompt}</td></tr>
 *   <tr><td>{@code width}, {@code height}</td><td>in pixels, both or neither</td></tr>
 * </table>
 */
public final class SparkGeneration {
  /** Column of the PNG file, with its record, so that it can be drawn again. */
  public static final String PICTURE = "picture";

  /** Column of how it was made, as JSON: the same record that the file has. */
  public static final String RECORD = "record";

  /** Column of the SHA-256 of the PNG file, in hexadecimal digits. */
  public static final String HASH = "sha256";

  /** Column of what was wrong with a row, null if nothing; see {@link #keepingErrors}. */
  public static final String ERROR = "error";

  private final ExecutorModel base;
  private final Map<String, AdapterFile> adapters;
  private final Set<String> kept;
  private final boolean errors;

  private SparkGeneration(
      ExecutorModel base, Map<String, AdapterFile> adapters, Set<String> kept, boolean errors) {
    this.base = base;
    this.adapters = adapters;
    this.kept = kept;
    this.errors = errors;
  }

  /** Drawing with a base, which every machine opens once. */
  public static SparkGeneration on(ExecutorModel base) {
    return new SparkGeneration(base, Map.of(), Set.of(), false);
  }

  /**
   * A copy whose rows may name an adapter. Its file is read here and sent to the machines.
   *
   * @param name as rows have it
   * @throws IllegalArgumentException if there is one of this name
   */
  public SparkGeneration adapter(String name, Path file) {
    if (adapters.containsKey(name)) {
      throw new IllegalArgumentException("There are two adapters called " + name + ".");
    }
    if (name.isBlank() || name.contains(",") || name.contains(";") || name.contains(":")) {
      throw new IllegalArgumentException(
          "An adapter cannot be called '" + name + "': rows write NAME:WEIGHT,NAME:WEIGHT.");
    }
    Map<String, AdapterFile> more = new LinkedHashMap<>(adapters);
    try {
      more.put(name, new AdapterFile(name, Files.readAllBytes(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("The adapter " + file + " cannot be read.", e);
    }
    return new SparkGeneration(base, more, kept, errors);
  }

  /**
   * The same of a file at a path, or an address of Hadoop's file systems such as {@code
   * s3a://bucket/ink.safetensors}.
   */
  public SparkGeneration adapter(String name, String place) {
    return adapter(name, FetchedPlaces.ofUser().path(place));
  }

  /** A copy whose result has these columns too, which change no picture. */
  public SparkGeneration keeping(String... columns) {
    Set<String> more = new LinkedHashSet<>(kept);
    more.addAll(Arrays.asList(columns));
    return new SparkGeneration(base, adapters, more, errors);
  }

  /**
   * A copy for which a row that cannot be drawn is no failure: its picture is null, and a column
   * {@value #ERROR} says why. Without this the first of them ends the job, by name.
   */
  public SparkGeneration keepingErrors() {
    return new SparkGeneration(base, adapters, kept, true);
  }

  /**
   * Draws, when the result is asked for.
   *
   * @return the rows, each with its {@value #PICTURE}, {@value #RECORD} and {@value #HASH}
   * @throws IllegalArgumentException if a column would have no effect, or one is missing
   */
  public Dataset<Row> draw(Dataset<Row> rows) {
    PromptColumns.require(rows.schema(), kept);
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(rows.sparkSession().sparkContext());
    Broadcast<List<AdapterFile>> sent = spark.broadcast(new ArrayList<>(adapters.values()));
    List<String> names = Arrays.asList(rows.schema().fieldNames());
    Dataset<Row> ordered =
        names.contains(PromptColumns.ADAPTERS)
            ? rows.sortWithinPartitions(PromptColumns.ADAPTERS)
            : rows;
    StructType result = result(rows.schema());
    return ordered.mapPartitions(new DrawnRows(base, sent, errors, result), Encoders.row(result));
  }

  private StructType result(StructType schema) {
    StructType drawn =
        schema
            .add(PICTURE, DataTypes.BinaryType, errors)
            .add(RECORD, DataTypes.StringType, errors)
            .add(HASH, DataTypes.StringType, errors);
    return errors ? drawn.add(ERROR, DataTypes.StringType, true) : drawn;
  }
}

package dev.lora4j.diffusion.config;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataDefaults;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSetFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/**
 * The data of a run: tables {@code [[data.datasets]]} in the form of sd-scripts, a file of that
 * form named by {@code dataset_config}, or the folder {@code images}; with the keys of {@code
 * [data]} for all of them, below their own keys.
 */
public final class DataTables {
  private static final String PREFIX = "data.";
  private static final String FILE = "dataset_config";
  private static final String DATASETS = "datasets";
  private static final String REFERENCES = "reference_dir";

  /** Keys that name pictures, besides {@code images}. */
  private static final Set<String> SOURCES = Set.of(FILE, DATASETS);

  private DataTables() {}

  /** True if a key is one of the data. */
  public static boolean known(String name) {
    String leaf = leaf(name);
    return leaf.equals(FILE) || leaf.equals(DATASETS) || keys().contains(leaf);
  }

  /** The key as the data set has it. */
  static String leaf(String name) {
    return name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
  }

  /** All names. */
  static List<String> names() {
    List<String> all = new ArrayList<>(List.of(FILE));
    keys().forEach(key -> all.add(PREFIX + key));
    return all;
  }

  /** Keys of data sets, but for two that the run itself has. */
  private static List<String> keys() {
    return DataSetFile.sharedKeys().stream()
        .filter(key -> !key.equals("batch_size") && !key.equals("validation_split"))
        .toList();
  }

  /** The keys of {@code [data]}, as lines of TOML. */
  static String general(Map<String, Object> data) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(data)
        .forEach(
            (key, value) -> {
              if (!SOURCES.contains(key)) {
                text.append(key).append(" = ").append(TomlText.of(value)).append('\n');
              }
            });
    return text.toString();
  }

  /**
   * The folders of a run.
   *
   * @param folder where relative folders count from
   * @param side of the base's pictures, as the default
   * @param unit unit of the sides of pictures
   * @throws RunProblems if nothing names the pictures, or several do
   */
  static List<DataGroup> groups(RunValues values, Path folder, int side, int unit) {
    Map<String, Object> data = values.data();
    requireOneSource(values);
    DataDefaults defaults = defaults(values, folder, side, unit);
    if (data.get(FILE) instanceof String file && !file.isEmpty()) {
      return DataSetFile.read(folder.resolve(file), defaults);
    }
    if (data.get(DATASETS) instanceof List<?> tables) {
      TomlTable sets = Toml.parse(TomlText.tables(DATASETS, tables));
      return DataSetFile.read(sets, folder, "[data]", defaults);
    }
    Path images = folder.resolve(values.get(RunKeys.IMAGES));
    return List.of(
        values
            .find(RunKeys.REGULARISATION)
            .map(other -> DataSetFile.folders(images, folder.resolve(other), defaults))
            .orElseGet(() -> DataSetFile.folders(images, defaults)));
  }

  /** Keys for all folders, with the defaults of the run and of its base. */
  private static DataDefaults defaults(RunValues values, Path folder, int side, int unit) {
    Map<String, Object> data = new TreeMap<>(values.data());
    // What reads the tables counts paths from the pictures.
    data.computeIfPresent(
        REFERENCES, (key, said) -> RunFile.located(folder.toAbsolutePath(), key, said));
    StringBuilder toml = new StringBuilder(general(data));
    toml.append("batch_size = ").append(values.get(RunKeys.BATCH)).append('\n');
    double heldOut = values.get(RunKeys.VALIDATION_SHARE);
    if (heldOut > 0) {
      toml.append("validation_split = ").append(KeyType.plain(heldOut)).append('\n');
    }
    return new DataDefaults(Toml.parse(toml.toString()), Bucketing.around(side, unit), unit);
  }

  /** True if something names pictures. */
  static boolean named(RunValues values) {
    return !sources(values).isEmpty();
  }

  private static List<String> sources(RunValues values) {
    List<String> named = new ArrayList<>();
    values.find(RunKeys.IMAGES).ifPresent(i -> named.add("images"));
    values
        .data()
        .forEach(
            (key, value) -> {
              // Files that a program wrote have options that nobody set, as empty texts.
              if (SOURCES.contains(key) && !value.equals("")) {
                named.add(key.equals(FILE) ? key : "[[data." + key + "]]");
              }
            });
    return named;
  }

  private static void requireOneSource(RunValues values) {
    List<String> named = sources(values);
    if (named.isEmpty()) {
      throw problem("There are no pictures to train on: name a folder as images (or --images).");
    }
    if (named.size() > 1) {
      throw problem(
          "Pictures are named by "
              + String.join(" and by ", named)
              + "; expected one of these, leave the others out.");
    }
    if (values.find(RunKeys.REGULARISATION).isPresent() && !named.contains("images")) {
      throw problem(
          "regularisation goes with images alone, and the pictures are named by "
              + named.get(0)
              + "; give its folder a [[datasets.subsets]] there, with is_reg = true.");
    }
  }

  private static RunProblems problem(String sentence) {
    return new RunProblems(List.of(sentence));
  }
}

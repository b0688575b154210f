package dev.lora4j.diffusion.run;

import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import dev.lora4j.diffusion.dataset.source.DataGroup;
import dev.lora4j.diffusion.dataset.source.DataSetFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/**
 * The data of a run: tables {@code [[data.datasets]]} in the form of sd-scripts, a file of that
 * form named by {@code dataset_config}, or the folder {@code images}; with the keys of {@code
 * [data]} for all of them.
 */
final class DataTables {
  private static final String PREFIX = "data.";
  private static final String FILE = "dataset_config";
  private static final String DATASETS = "datasets";
  private static final Pattern REPEATED = Pattern.compile("[0-9]+_.*");

  private DataTables() {}

  /** Whether a key is one of the data. */
  static boolean known(String name) {
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

  /** Those of data sets but two that the run itself has. */
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
              if (!key.equals(FILE) && !key.equals(DATASETS)) {
                text.append(key).append(" = ").append(TomlText.of(value)).append('\n');
              }
            });
    return text.toString();
  }

  /**
   * The folders of a run.
   *
   * @param folder where relative folders count from
   * @param side of the base's pictures, where nothing else is said
   * @param unit what the sides of pictures are multiples of
   */
  static List<DataGroup> groups(RunValues values, Path folder, int side, int unit) {
    Map<String, Object> data = values.data();
    StringBuilder toml = new StringBuilder("[general]\n").append(general(data));
    if (!data.containsKey("resolution")) {
      Bucketing sizes = Bucketing.around(side, unit);
      Map<String, Integer> own = new LinkedHashMap<>();
      own.put("resolution", side);
      own.put("min_bucket_reso", sizes.least());
      own.put("max_bucket_reso", sizes.most());
      own.put("bucket_reso_steps", sizes.step());
      own.keySet().removeAll(data.keySet());
      own.forEach((key, value) -> toml.append(key).append(" = ").append(value).append('\n'));
    }
    if (!data.containsKey("enable_bucket")) {
      toml.append("enable_bucket = true\n");
    }
    toml.append("batch_size = ").append(values.get(RunKeys.BATCH)).append('\n');
    double heldOut = values.get(RunKeys.VALIDATION_SHARE);
    if (heldOut > 0) {
      toml.append("validation_split = ").append(KeyType.plain(heldOut)).append('\n');
    }
    List<DataGroup> groups = new ArrayList<>();
    Optional<Object> file = Optional.ofNullable(data.get(FILE));
    file.ifPresent(f -> groups.addAll(DataSetFile.read(folder.resolve(String.valueOf(f)))));
    if (data.get(DATASETS) instanceof List<?> tables) {
      TomlTable all = Toml.parse(toml + TomlText.tables(DATASETS, tables));
      groups.addAll(DataSetFile.read(all, folder, "[data]"));
    }
    Optional<Path> images = values.find(RunKeys.IMAGES).map(Path::of);
    if (images.isPresent()) {
      toml.append("[[datasets]]\n").append(folders(images.get(), false));
      values.find(RunKeys.REGULARISATION).ifPresent(r -> toml.append(folders(Path.of(r), true)));
      groups.addAll(DataSetFile.read(Toml.parse(toml.toString()), folder, "images"));
    }
    if (groups.isEmpty()) {
      throw new RunProblems(
          List.of("There are no pictures to train on: name a folder as images (or --images)."));
    }
    return groups;
  }

  /** A folder of folders like {@code 10_fox} is taken as sd-scripts does, any other as it is. */
  private static String folders(Path folder, boolean regularisation) {
    String named = KeyType.quoted(folder.toAbsolutePath().toString());
    if (holdsRepeated(folder)) {
      return (regularisation ? "reg_data_dir = " : "train_data_dir = ") + named + "\n";
    }
    return "[[datasets.subsets]]\nimage_dir = "
        + named
        + "\n"
        + (regularisation ? "is_reg = true\n" : "");
  }

  private static boolean holdsRepeated(Path folder) {
    try (var entries = Files.list(folder)) {
      return entries.anyMatch(
          e -> Files.isDirectory(e) && REPEATED.matcher(String.valueOf(e.getFileName())).matches());
    } catch (IOException e) {
      // The survey says what is wrong with it.
      return false;
    }
  }
}

package dev.lora4j.diffusion.config;

import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.diffusion.dataset.source.TomlDepth;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;
import org.tomlj.Toml;
import org.tomlj.TomlArray;
import org.tomlj.TomlParseResult;
import org.tomlj.TomlPosition;
import org.tomlj.TomlTable;

/** Reads the settings of a run from TOML into {@link SettingLayers}. */
public final class RunFile {
  static final String KIND = "kind";
  static final String BASE = "base";
  private static final String PRESET = "preset";
  private static final String DATA = "data";

  /** Paths among the options of sd-scripts that are no keys of ours, and of the data. */
  private static final Set<String> LOCATED =
      Set.of(
          "output_dir",
          "sample_prompts",
          "dataset_config",
          "data.dataset_config",
          "image_dir",
          "metadata_file",
          "conditioning_data_dir",
          "reference_dir",
          "data.reference_dir");

  private final String name;
  private final Optional<Path> folder;
  private final SettingLayers layers;
  private final Optional<String> preset;

  private RunFile(
      String name, Optional<Path> folder, SettingLayers layers, Optional<String> preset) {
    this.name = name;
    this.folder = folder;
    this.layers = layers;
    this.preset = preset;
  }

  /**
   * Lays a file over what is there; the preset it names goes below it.
   *
   * @throws RunProblems if it cannot be read as TOML at all
   */
  public static void read(Path file, SettingLayers layers) {
    read(layers, file, Optional.empty());
  }

  /**
   * Lays a file over what is there.
   *
   * @param preset goes below it instead of the one that the file names
   * @throws RunProblems if it cannot be read as TOML at all
   */
  public static void read(Path file, SettingLayers layers, String preset) {
    read(layers, file, Optional.of(preset));
  }

  /**
   * Lays a file in another trainer's form over what is there.
   *
   * @throws RunProblems if it cannot be read at all
   */
  public static void read(Path file, SettingLayers layers, RunFormat format) {
    Path folder = file.toAbsolutePath().normalize().getParent();
    layers.begin();
    format.read(
        text(file),
        String.valueOf(file.getFileName()),
        folder == null ? Path.of("").toAbsolutePath() : folder,
        layers);
    layers.begin();
  }

  private static void read(SettingLayers layers, Path file, Optional<String> preset) {
    String text = text(file);
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().normalize().getParent());
    new RunFile(String.valueOf(file.getFileName()), folder, layers, preset).read(text);
  }

  /**
   * True if a file describes a base model to train, not a style: it has {@code kind = "base"}.
   *
   * @throws RunProblems if it cannot be read as TOML at all, or names another kind
   */
  public static boolean describesBase(Path file) {
    String name = String.valueOf(file.getFileName());
    TomlParseResult parsed = parsed(text(file), name);
    Object kind = parsed.get(List.of(KIND));
    if (kind != null && !kind.equals(BASE)) {
      throw problem(
          origin(name, parsed, KIND)
              + ": kind takes \"base\" alone, found "
              + kind
              + "; a run that trains a style has no kind.");
    }
    return kind != null;
  }

  static String text(Path file) {
    try {
      return RegularFile.text(file, RegularFile.TEXT);
    } catch (CharacterCodingException e) {
      throw problem(file + " is not UTF-8 text; save it as UTF-8.");
    } catch (IOException e) {
      throw problem(file + " cannot be read (" + e + ").");
    }
  }

  static TomlParseResult parsed(String text, String name) {
    if (TomlDepth.of(text) > TomlDepth.MOST) {
      throw problem(
          "%s is nested %d deep; at most %d levels are read."
              .formatted(name, TomlDepth.of(text), TomlDepth.MOST));
    }
    TomlParseResult parsed = Toml.parse(text);
    if (parsed.hasErrors()) {
      throw new RunProblems(
          parsed.errors().stream()
              .map(e -> name + ", line " + e.position().line() + ": " + e.getMessage())
              .toList());
    }
    return parsed;
  }

  /** Lays a text over what is there; {@code name} is what to call it in messages. */
  public static void read(String text, String name, SettingLayers layers) {
    new RunFile(name, Optional.empty(), layers, Optional.empty()).read(text);
  }

  private void read(String text) {
    TomlParseResult parsed = parsed(text, name);
    Optional<String> own = Optional.ofNullable(parsed.get(List.of(PRESET))).map(String::valueOf);
    preset.or(() -> own).ifPresent(one -> Presets.read(one, layers));
    if (preset.isPresent() && own.isPresent() && !preset.equals(own)) {
      String given = " gives way to preset " + preset.get() + ", which was asked for.";
      layers.note(origin(name, parsed, PRESET) + ": preset " + own.get() + given);
    }
    layers.begin();
    table(parsed, "");
    layers.begin();
  }

  private static RunProblems problem(String sentence) {
    return new RunProblems(List.of(sentence));
  }

  private void table(TomlTable table, String prefix) {
    for (String key : table.keySet()) {
      Object value = table.get(List.of(key));
      String full = layers.foreign(prefix, key) ? key : prefix + key;
      if (value instanceof TomlTable inner && SettingLayers.key(full).isEmpty()) {
        // Tables that are not ours only order a file, as those of sd-scripts do.
        table(inner, sections(full) ? full + "." : "");
      } else if (!full.equals(PRESET) && value != null) {
        Object plain = plain(value);
        Object located = folder.map(from -> located(from, full, plain)).orElse(plain);
        layers.set(full, located, origin(name, table, key));
      }
    }
  }

  /** True if some key is in the table of this name. */
  private static boolean sections(String table) {
    return table.equals(DATA)
        || RunKeys.ALL.stream().anyMatch(key -> key.name().startsWith(table + "."));
  }

  /**
   * Paths count from a folder, those within the tables of the data too; addresses of stores stay as
   * they are.
   */
  static Object located(Path from, String key, Object value) {
    return paths(
        key, value, (name, path) -> StoreAddress.is(path) ? path : from.resolve(path).toString());
  }

  /**
   * A value with other paths.
   *
   * @param change of the name of a key and a path that it has
   */
  static Object paths(String key, Object value, BinaryOperator<String> change) {
    if (value instanceof List<?> list) {
      return list.stream().map(one -> paths(key, one, change)).toList();
    }
    if (value instanceof Map<?, ?> table) {
      Map<String, Object> all = new LinkedHashMap<>();
      table.forEach((k, one) -> all.put(String.valueOf(k), paths(String.valueOf(k), one, change)));
      return all;
    }
    boolean path =
        SettingLayers.key(key).filter(k -> k.type().equals(KeyType.PATH)).isPresent()
            || LOCATED.contains(key);
    return path && value instanceof String text && !text.isBlank()
        ? change.apply(key, text)
        : value;
  }

  static String origin(String name, TomlTable table, String key) {
    TomlPosition position = table.inputPositionOf(List.of(key));
    return position == null ? name : name + ", line " + position.line();
  }

  /** Parses a value of a command line: as TOML where it is that, else as a text. */
  static Object value(String text) {
    if (TomlDepth.of(text) > TomlDepth.MOST) {
      return text;
    }
    TomlParseResult parsed = Toml.parse("value = " + text);
    return parsed.hasErrors() ? text : plain(parsed.get("value"));
  }

  /** Converts a value from the types of the TOML library. */
  static Object plain(@Nullable Object value) {
    if (value instanceof TomlArray array) {
      List<Object> all = new ArrayList<>();
      array.toList().forEach(one -> all.add(plain(one)));
      return all;
    }
    if (value instanceof TomlTable table) {
      Map<String, Object> all = new LinkedHashMap<>();
      table.keySet().forEach(key -> all.put(key, plain(table.get(List.of(key)))));
      return all;
    }
    return value == null ? "" : value;
  }
}

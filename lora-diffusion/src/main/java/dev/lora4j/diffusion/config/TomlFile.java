package dev.lora4j.diffusion.config;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tomlj.TomlTable;

/**
 * A file of TOML with keys of any meaning, read within the limits of run files.
 *
 * @param folder that paths in it count from
 * @param entries in the order of the file
 */
public record TomlFile(Path folder, List<Entry> entries) {
  /** Copies the list. */
  public TomlFile {
    entries = List.copyOf(entries);
  }

  /**
   * A key with its value.
   *
   * @param value a text, {@link Long}, {@link Double}, {@link Boolean}, date, list or map of these
   * @param origin source of the value for messages, for example {@code run.toml, line 3}
   * @param entries of a table, in its order; none of other values
   */
  public record Entry(String key, Object value, String origin, List<Entry> entries) {
    /** Copies the list. */
    public Entry {
      entries = List.copyOf(entries);
    }
  }

  /**
   * Reads a file.
   *
   * @throws RunProblems if it is no TOML, or larger or deeper than run files may be
   */
  public static TomlFile read(Path file) {
    String name = String.valueOf(file.getFileName());
    Optional<Path> folder = Optional.ofNullable(file.toAbsolutePath().normalize().getParent());
    TomlTable all = RunFile.parsed(RunFile.text(file), name);
    return new TomlFile(folder.orElse(Path.of("").toAbsolutePath()), entries(all, name));
  }

  private static List<Entry> entries(TomlTable table, String name) {
    return table.keySet().stream().map(key -> entry(table, key, name)).toList();
  }

  private static Entry entry(TomlTable table, String key, String name) {
    Object value = table.get(List.of(key));
    List<Entry> inner = value instanceof TomlTable of ? entries(of, name) : List.of();
    return new Entry(key, RunFile.plain(value), RunFile.origin(name, table, key), inner);
  }

  /** A value as TOML writes it, in one line. */
  public static String text(Object value) {
    return TomlText.of(value);
  }
}

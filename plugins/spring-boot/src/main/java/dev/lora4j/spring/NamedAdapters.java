package dev.lora4j.spring;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Adapters of one base by their names. Each is read once, when it is first used, and kept. */
final class NamedAdapters {
  private static final String ENDING = ".safetensors";

  private final Optional<Path> folder;
  private final Function<Path, Adapter> reader;
  private final Map<String, Adapter> read = new ConcurrentHashMap<>();

  /**
   * Adapters of a base.
   *
   * @param folder with the files of that name; without it names are paths
   * @param reader reads one for the base
   */
  NamedAdapters(Optional<Path> folder, Function<Path, Adapter> reader) {
    this.folder = folder;
    this.reader = reader;
  }

  /**
   * The mix of adapters.
   *
   * @param weights by name
   * @throws IllegalArgumentException if there is none of a name
   * @throws dev.lora4j.core.adapter.AdapterException if one does not fit the base
   */
  MixPlan mix(Map<String, Double> weights) {
    MixPlan mix = MixPlan.NONE;
    for (Map.Entry<String, Double> one : weights.entrySet()) {
      mix = mix.with(adapter(one.getKey()), one.getValue());
    }
    return mix;
  }

  private Adapter adapter(String name) {
    return read.computeIfAbsent(name, known -> reader.apply(file(known)));
  }

  private Path file(String name) {
    try {
      Path place = folder.map(path -> within(path, name)).orElseGet(() -> Path.of(name));
      Path file = place.resolveSibling(place.getFileName() + ENDING);
      if (Files.exists(file)) {
        return file;
      }
      if (Files.exists(place)) {
        return place;
      }
    } catch (InvalidPathException e) {
      throw missing(name, e);
    }
    throw missing(name, new IllegalArgumentException(name));
  }

  /** A place that no name leads out of. */
  private Path within(Path path, String name) {
    Path root = path.toAbsolutePath().normalize();
    Path place = root.resolve(name).normalize();
    if (place.equals(root) || !place.startsWith(root)) {
      throw missing(name, new IllegalArgumentException(name));
    }
    return place;
  }

  private IllegalArgumentException missing(String name, Throwable cause) {
    String where = folder.map(path -> " in " + path).orElse("");
    return new IllegalArgumentException(
        "There is no adapter '" + name + "'" + where + ", with or without " + ENDING + ".", cause);
  }
}

package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.StoreException;
import dev.lora4j.emoji.EmojiSd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Adapters on the command line that are no files of the user: {@code STORE/NAME} of a store is a
 * file that the process has while it runs, and the bundled ones are known by their names.
 */
public final class StoredAdapterFile {
  private static final Map<Path, Path> WRITTEN = new ConcurrentHashMap<>();

  private StoredAdapterFile() {}

  /**
   * A file with the adapter, if {@code path} names one of a store or, where nothing has this path,
   * a bundled one; else {@code path} itself.
   *
   * @throws IllegalArgumentException if there is none of this name in the store, or it is damaged
   */
  public static Path of(Path path) {
    if (Files.exists(path)) {
      return path;
    }
    Path folder = path.toAbsolutePath().normalize().getParent();
    if (folder == null || !AdapterStore.is(folder)) {
      return EmojiSd.adapters().contains(path.toString()) ? EmojiSd.adapter(path.toString()) : path;
    }
    try {
      return WRITTEN.computeIfAbsent(
          path.toAbsolutePath().normalize(), p -> written(folder, AdapterStore.name(p)));
    } catch (StoreException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }

  private static Path written(Path folder, String name) {
    AdapterStore store = AdapterStore.open(folder);
    boolean several = store.folder(name);
    try {
      Path around = Files.createTempDirectory("lora4j-store-");
      Path file = around.resolve(several ? name : name + ".safetensors");
      // What is registered last is removed first.
      around.toFile().deleteOnExit();
      file.toFile().deleteOnExit();
      store.get(name, file);
      if (several) {
        try (var inside = Files.list(file)) {
          inside.forEach(one -> one.toFile().deleteOnExit());
        }
      }
      return file;
    } catch (IOException e) {
      throw new Failure(
          "The adapter "
              + name
              + " of the store "
              + folder
              + " cannot be unpacked: "
              + ErrorExplanation.of(e)
              + " Write it with 'store get' and use that file.",
          e);
    }
  }

  /** Reads a path of a command line so. */
  public static final class Reader implements ITypeConverter<Path> {
    @Override
    public Path convert(String text) {
      try {
        return of(Path.of(text));
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}

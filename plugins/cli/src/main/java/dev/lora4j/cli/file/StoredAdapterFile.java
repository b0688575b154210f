package dev.lora4j.cli.file;

import dev.lora4j.cli.console.ErrorExplanation;
import dev.lora4j.cli.console.Failure;
import dev.lora4j.core.store.AdapterStore;
import dev.lora4j.core.store.StoreException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * Adapters of a store on the command line: {@code STORE/NAME} is a file that the process has while
 * it runs.
 */
public final class StoredAdapterFile {
  private static final Map<Path, Path> WRITTEN = new ConcurrentHashMap<>();

  private StoredAdapterFile() {}

  /**
   * A file with the adapter, if {@code path} names one of a store; else {@code path} itself.
   *
   * @throws IllegalArgumentException if there is none of this name in the store, or it is damaged
   */
  public static Path of(Path path) {
    Path folder = path.toAbsolutePath().normalize().getParent();
    if (folder == null || Files.exists(path) || !AdapterStore.is(folder)) {
      return path;
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

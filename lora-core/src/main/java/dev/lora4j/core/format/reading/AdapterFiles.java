package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.metadata.Metadata;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Reads adapters of all dialects and methods. Needs no engine.
 *
 * <p>A path is a {@code .safetensors} file, or a folder as PEFT saves it, with {@code
 * adapter_config.json} and {@code adapter_model.safetensors}, or a folder of such folders, each
 * called as the model that its adapter is for; or a folder as MLX-LM saves it, with {@code
 * adapter_config.json} and {@code adapters.safetensors}; or a {@code .gguf} file of llama.cpp,
 * which needs the base to be named.
 */
public final class AdapterFiles {
  private AdapterFiles() {}

  /**
   * The models that a folder has a folder of PEFT's for; none where it is no such folder.
   *
   * @return their names, which are those of the folders
   */
  public static List<String> models(Path folder) {
    return AdapterSource.models(folder);
  }

  /**
   * The file with the tensors of a folder as PEFT or MLX-LM saves it.
   *
   * @throws AdapterException if it has none
   */
  public static Path tensors(Path folder) {
    return AdapterSource.inFolder(folder);
  }

  /**
   * Returns true if a folder is an adapter: one as PEFT or MLX-LM saves it, or one with such
   * folders for models.
   */
  public static boolean folder(Path folder) {
    return AdapterSource.folder(folder);
  }

  /**
   * Reads an adapter whose base is found by its keys and shapes.
   *
   * @throws AdapterException as {@link #read(Path, Family, ReadOptions)}
   */
  public static LoadedAdapter read(Path path) {
    return read(path, ReadOptions.STRICT);
  }

  /**
   * Reads an adapter for a base.
   *
   * @throws AdapterException as {@link #read(Path, Family, ReadOptions)}
   */
  public static LoadedAdapter read(Path path, Family base) {
    return read(path, base, ReadOptions.STRICT);
  }

  /**
   * Reads an adapter for a base that the file tells: its kind is found by the adapter's keys and
   * shapes, and where it is none that is known, its layers are inferred from the factors.
   *
   * @throws AdapterException as {@link #read(Path, Family, ReadOptions)}
   */
  public static LoadedAdapter read(Path path, ReadOptions options) {
    return examine(path, options).loaded();
  }

  /**
   * Reads an adapter for a base.
   *
   * @throws AdapterException if the file holds no adapter, a factor does not fit its layer or is
   *     not finite, nothing would have an effect, or, unless the options allow it, if half a pair
   *     is missing, a factor is for a layer that the base lacks, or of a method that is not known;
   *     and if an {@link AdapterPolicy} does not permit it
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged or no
   *     safetensors file
   */
  public static LoadedAdapter read(Path path, Family base, ReadOptions options) {
    return examine(path, base, options).loaded();
  }

  /**
   * Refuses a file that is no adapter by its header alone, before any slow work.
   *
   * @throws AdapterException if the file holds no adapter
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged or no
   *     safetensors file
   */
  public static void requireAdapter(Path path) {
    try (AdapterSource source = AdapterSource.open(path)) {
      NonAdapterFiles.refuse(path, source.tensors());
    }
  }

  /**
   * Examines an adapter's file for a base that the file tells; as {@link #examine(Path, Family,
   * ReadOptions)}.
   */
  public static Examination examine(Path path, ReadOptions options) {
    return examine(path, Optional.empty(), options);
  }

  /**
   * Examines an adapter's file completely, even where {@link #read} would refuse it.
   *
   * @throws AdapterException if the file holds no adapter
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged or no
   *     safetensors file
   */
  public static Examination examine(Path path, Family base, ReadOptions options) {
    return examine(path, Optional.of(base), options);
  }

  private static Examination examine(Path path, Optional<Family> base, ReadOptions options) {
    try (AdapterSource source = AdapterSource.open(path)) {
      NonAdapterFiles.refuse(path, source.tensors());
      TloraDirections.requireGreatest(source.tensors().keySet(), source.metadata());
      source.requireBase(base);
      Examination found = examine(source, base, options);
      return found
          .adapter()
          .map(adapter -> found.with(Permission.refusals(path, adapter, options.user())))
          .orElse(found);
    }
  }

  /** A kind of base none of whose layers the adapter fits is not claimed. */
  private static Examination examine(
      AdapterSource source, Optional<Family> base, ReadOptions options) {
    Examination found = new Examiner(source, options).examine(TargetModel.of(source, base));
    boolean claimed =
        base.isPresent()
            || !found.known()
            || !found.matched().isEmpty()
            || FamilyGuess.fits(source, found.family());
    return claimed ? found : new Examiner(source, options).examine(TargetModel.guessed(source));
  }

  /**
   * Returns true if most sizes of an adapter's tensors fit a base's layers, regardless of their
   * values.
   *
   * @throws AdapterException if the file holds no adapter
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged or no
   *     safetensors file
   */
  public static boolean fits(Path path, Family base) {
    try (AdapterSource source = AdapterSource.open(path)) {
      return FamilyGuess.fits(source, base);
    }
  }

  /**
   * The strings in the header of an adapter, those of several files together.
   *
   * @throws AdapterException if the file holds no adapter
   * @throws dev.lora4j.core.safetensors.SafetensorsException if the file is damaged or no
   *     safetensors file
   */
  public static Metadata metadata(Path path) {
    try (AdapterSource source = AdapterSource.open(path)) {
      return new Metadata(source.metadata());
    }
  }
}

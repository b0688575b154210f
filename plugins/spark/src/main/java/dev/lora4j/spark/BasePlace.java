package dev.lora4j.spark;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Where every machine finds the base, and how it opens it.
 *
 * @param path of a folder or file, the same on all machines; or an address of Hadoop's file
 *     systems, which every machine {@linkplain FetchedPlaces copies} once
 * @param compute the type that networks compute in
 */
public record BasePlace(String path, DType compute) implements ExecutorModel {
  /** A base that computes in F32. */
  public static BasePlace of(Path path) {
    return new BasePlace(path.toAbsolutePath().toString(), DType.F32);
  }

  /** A base at a path or an address that computes in F32. */
  public static BasePlace of(String place) {
    return FetchedPlaces.remote(place) ? new BasePlace(place, DType.F32) : of(Path.of(place));
  }

  /**
   * The folder or file on this machine.
   *
   * @throws ModelException if it has an address and cannot be fetched
   */
  public Path local() {
    try {
      return FetchedPlaces.ofUser().path(path);
    } catch (UncheckedIOException e) {
      throw new ModelException(String.valueOf(e.getMessage()), e);
    }
  }

  /** A copy that computes in another type. */
  public BasePlace in(DType other) {
    return new BasePlace(path, other);
  }

  @Override
  public StableDiffusion open(Lora4j lora) {
    return StableDiffusion.open(lora, local(), LoadOptions.in(compute));
  }
}

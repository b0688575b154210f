package dev.lora4j.spark;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import java.nio.file.Path;

/**
 * Where every machine finds the base, and how it opens it.
 *
 * @param path of a folder or file, the same on all machines
 * @param compute the type that networks compute in
 */
public record BasePlace(String path, DType compute) implements ExecutorModel {
  /** A base that computes in F32. */
  public static BasePlace of(Path path) {
    return new BasePlace(path.toAbsolutePath().toString(), DType.F32);
  }

  /** A copy that computes in another type. */
  public BasePlace in(DType other) {
    return new BasePlace(path, other);
  }

  @Override
  public StableDiffusion open(Lora4j lora) {
    return StableDiffusion.open(lora, Path.of(path), LoadOptions.in(compute));
  }
}

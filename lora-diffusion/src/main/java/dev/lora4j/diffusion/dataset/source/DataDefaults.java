package dev.lora4j.diffusion.dataset.source;

import dev.lora4j.diffusion.dataset.bucket.Bucket;
import dev.lora4j.diffusion.dataset.bucket.Bucketing;
import org.tomlj.Toml;
import org.tomlj.TomlTable;

/**
 * Defaults for a description of data.
 *
 * @param shared keys of {@code [general]}, for keys that the description lacks
 * @param sizes of pictures; with a resolution in the description, only the step and whether buckets
 *     are on
 * @param unit unit of the sides of buckets
 */
public record DataDefaults(TomlTable shared, Bucketing sizes, int unit) {
  private static final int UNIT = 8;

  /** Defaults of sd-scripts: pictures of 512 pixels, without buckets. */
  public static final DataDefaults KOHYA =
      new DataDefaults(
          Toml.parse(""), new Bucketing(new Bucket(512, 512), false, 256, 1024, 64, false), UNIT);
}

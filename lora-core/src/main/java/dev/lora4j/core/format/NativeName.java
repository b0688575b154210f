package dev.lora4j.core.format;

import java.util.Optional;

/**
 * Name of a layer in the original layout of a model, which many adapters use. Where that layout has
 * several canonical layers in one, each of them has the rows of its weight there.
 *
 * @param path dotted name of the layer in that layout, with the prefix that ComfyUI gives the part
 *     of the model, for example {@code diffusion_model.input_blocks.1.1.proj_in} or {@code
 *     text_encoders.clip_l.transformer.text_model.encoder.layers.0.mlp.fc1}
 * @param site canonical name of the site that it is
 * @param rows the rows of the native weight that the site has; absent where it has them all
 * @param swapped whether the halves of the rows are in the other order in the canonical layout
 */
public record NativeName(String path, String site, Optional<Rows> rows, boolean swapped) {
  /** Rows {@code from} to {@code from + count} of a weight. */
  public record Rows(long from, long count) {}

  /** A layer that is one layer in both layouts. */
  public static NativeName of(String path, String site) {
    return new NativeName(path, site, Optional.empty(), false);
  }

  /** One of several canonical layers that are one native layer. */
  public static NativeName part(String path, String site, long from, long count) {
    return new NativeName(path, site, Optional.of(new Rows(from, count)), false);
  }

  /** A layer whose halves (of the rows) change places between the layouts. */
  public static NativeName swapped(String path, String site) {
    return new NativeName(path, site, Optional.empty(), true);
  }
}

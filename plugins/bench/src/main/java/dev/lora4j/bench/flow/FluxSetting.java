package dev.lora4j.bench.flow;

import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.spi.Extensions;
import java.nio.file.Path;

/**
 * Settings of a contender with a whole {@link FluxFolder}. It travels between processes as text.
 *
 * @param folder of the model
 * @param compute the type to compute in
 * @param side height and width of the latents
 * @param words tokens of the text
 * @param bits form of the transformer's weights: {@code none}, {@code nf4}, {@code fp8}, or {@code
 *     gguf} for those of the file
 * @param file GGUF file of the transformer, adapter, or inputs of a training; empty for none
 */
record FluxSetting(Path folder, DType compute, int side, int words, String bits, Path file) {
  static final String SEPARATOR = "|";
  private static final String NONE = "none";
  private static final String GGUF = "gguf";

  /** Setting with all weights in the type that is computed in. */
  static FluxSetting plain(Path folder, DType compute, int side, int words) {
    return new FluxSetting(folder, compute, side, words, NONE, Path.of(""));
  }

  static FluxSetting of(String text) {
    String[] parts = text.split("\\" + SEPARATOR, -1);
    return new FluxSetting(
        Path.of(parts[0]),
        DType.valueOf(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        parts[4],
        Path.of(parts[5]));
  }

  String text() {
    return String.join(
        SEPARATOR,
        folder.toString(),
        compute.name(),
        Integer.toString(side),
        Integer.toString(words),
        bits,
        file.toString());
  }

  /** A copy with weights in few bits, by the name of a quantisation. */
  FluxSetting in(String form) {
    return new FluxSetting(folder, compute, side, words, form, file);
  }

  /** A copy with the weights of a GGUF file. */
  FluxSetting packed(Path gguf) {
    return new FluxSetting(folder, compute, side, words, GGUF, gguf);
  }

  /** A copy with an adapter, or with the file of a training's inputs. */
  FluxSetting with(Path other) {
    return new FluxSetting(folder, compute, side, words, bits, other);
  }

  /** How the model is loaded. */
  LoadOptions options() {
    BasePrecision plain = BasePrecision.in(compute);
    return switch (bits) {
      case NONE -> LoadOptions.in(plain);
      case GGUF -> LoadOptions.in(plain.with(StoredBits.KEPT)).withDenoiser(file);
      default ->
          LoadOptions.in(plain.quantised(Extensions.installed().make(Quantisation.class, bits)));
    };
  }
}

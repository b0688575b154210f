package dev.lora4j.cli.adapter;

import dev.lora4j.core.gguf.GgufFile;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** What a GGUF file is for pictures, by the names of its tensors. */
enum PictureGguf {
  /** A denoiser with text encoders and an autoencoder. */
  WHOLE("a base of pictures; --base takes it"),
  /** A denoiser and nothing else. */
  DENOISER("a denoiser alone; --denoiser takes it, with all else of a --base");

  private final String use;

  PictureGguf(String use) {
    this.use = use;
  }

  /** What it is, and the option that takes it. */
  String use() {
    return use;
  }

  /** What a file is; empty if it has no denoiser of Stable Diffusion. */
  static Optional<PictureGguf> of(GgufFile file) {
    Set<String> names = file.tensors().keySet();
    boolean denoiser =
        Stream.of("model.diffusion_model.", "diffusion_model.", "")
                .anyMatch(prefix -> names.contains(prefix + "input_blocks.0.0.weight"))
            || (names.contains("conv_in.weight")
                && names.contains("time_embedding.linear_1.weight"));
    if (!denoiser) {
      return Optional.empty();
    }
    boolean whole = names.stream().anyMatch(name -> name.startsWith("first_stage_model."));
    return Optional.of(whole ? WHOLE : DENOISER);
  }
}

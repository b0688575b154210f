package dev.lora4j.core.format.checkpoint;

import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.family.Families;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.Shape;
import java.util.Map;
import java.util.Optional;

/**
 * Family of a checkpoint in the original layout, by names and shapes of its denoiser. Smaller
 * relatives with fewer layers (SSD-1B, Segmind Vega) and models with more input channels are of the
 * family that they derive from.
 */
final class FamilySignatures {
  private static final int WIDTH_OF_MEDIUM = 1536;

  private final Map<String, TensorInfo> tensors;
  private final String prefix;

  /**
   * Looks at a denoiser.
   *
   * @param prefix what the names of its tensors begin with, for example {@code
   *     model.diffusion_model.}
   */
  FamilySignatures(Map<String, TensorInfo> tensors, String prefix) {
    this.tensors = tensors;
    this.prefix = prefix;
  }

  /** The family; empty if it is none that is known. */
  Optional<Family> family() {
    return unet().or(this::sd3).or(this::flux).map(Families::named);
  }

  /** Width of the text conditioning of the first cross-attention, which distinguishes UNets. */
  private Optional<String> unet() {
    return shape("input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight")
        .or(() -> shape("input_blocks.4.1.transformer_blocks.0.attn2.to_k.weight"))
        .filter(s -> s.rank() == 2)
        .flatMap(
            s ->
                switch ((int) Math.min(s.size(1), Integer.MAX_VALUE)) {
                  case 768 -> Optional.of("sd15");
                  case 1024 -> Optional.of("sd21");
                  case 1280 -> Optional.of("sdxl-refiner");
                  case 2048 -> Optional.of("sdxl");
                  default -> Optional.empty();
                });
  }

  private Optional<String> sd3() {
    boolean dual = shape("joint_blocks.0.x_block.attn2.qkv.weight").isPresent();
    return shape("joint_blocks.0.context_block.adaLN_modulation.1.weight")
        .map(s -> s.size(0) / 6 == WIDTH_OF_MEDIUM ? (dual ? "sd35m" : "sd3") : "sd35l");
  }

  private Optional<String> flux() {
    return shape("double_blocks.0.img_attn.norm.key_norm.scale").map(s -> "flux");
  }

  private Optional<Shape> shape(String name) {
    return Optional.ofNullable(tensors.get(prefix + name))
        .map(TensorInfo::shape)
        .filter(shape -> shape.rank() > 0);
  }
}

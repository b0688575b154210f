package dev.lora4j.diffusion.clip;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.spi.Extension;
import dev.lora4j.diffusion.text.TextEncoderFamily;
import dev.lora4j.diffusion.text.TextNetwork;
import java.util.List;

/**
 * CLIP's text encoders as transformers writes them: {@code CLIPTextModel}, and {@code
 * CLIPTextModelWithProjection} with its pooled text.
 */
@Extension(
    point = TextEncoderFamily.class,
    name = "clip",
    help = "CLIPTextModel and CLIPTextModelWithProjection")
public final class ClipFamily implements TextEncoderFamily {
  private static final String PROJECTING = "CLIPTextModelWithProjection";
  private static final List<String> CLASSES = List.of("CLIPTextModel", PROJECTING);
  private static final List<String> TYPES = List.of("", "clip_text_model", "clip");
  private static final int DEFAULT_PROJECTION = 512;

  /** For the host. */
  public ClipFamily() {}

  /** Those that do not say what they are were written for CLIP, before there were others. */
  @Override
  public boolean recognises(ConfigFile config) {
    return config.has("architectures")
        ? config.texts("architectures").stream().anyMatch(CLASSES::contains)
        : TYPES.contains(config.text("model_type", ""));
  }

  @Override
  public TextNetwork network(ConfigFile config) {
    String activation = config.text("hidden_act", "quick_gelu");
    if (!activation.equals("gelu")) {
      config.require("hidden_act", "quick_gelu");
    }
    return new ClipText(
        new ClipTextConfig(
            config.integer("vocab_size"),
            config.integer("hidden_size"),
            config.integer("intermediate_size"),
            config.integer("num_hidden_layers"),
            config.integer("num_attention_heads"),
            config.integer("max_position_embeddings", 77),
            config.real("layer_norm_eps", 1e-5),
            activation.equals("quick_gelu"),
            projects(config) ? config.integer("projection_dim", DEFAULT_PROJECTION) : 0));
  }

  /** Whether the checkpoint has a layer for the pooled text. */
  private static boolean projects(ConfigFile config) {
    return config.has("architectures") && config.texts("architectures").contains(PROJECTING);
  }
}

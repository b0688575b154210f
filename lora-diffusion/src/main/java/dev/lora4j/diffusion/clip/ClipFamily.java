package dev.lora4j.diffusion.clip;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.text.TextEncoderFamily;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.spi.Extension;
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
  private static final int PROJECTION = 512;
  private static final int MOST_WIDTH = 1 << 16;
  private static final int MOST_WORDS = 1 << 24;
  private static final int MOST_LAYERS = 256;

  private static final ConfigFields FIELDS =
      ConfigFields.none()
          .used("architectures", "model_type", "vocab_size", "hidden_size", "intermediate_size")
          .used("num_hidden_layers", "num_attention_heads", "max_position_embeddings")
          .used("layer_norm_eps", "projection_dim", "eos_token_id")
          .only("hidden_act", "quick_gelu", "gelu")
          .only("attention_dropout", "0")
          .idle("the tokeniser's settings count", "pad_token_id", "bos_token_id")
          .idle("they are for weights before training", "initializer_range", "initializer_factor")
          .idle("it is the form of an answer in Python", "return_dict", "output_hidden_states")
          .idle("it is the form of an answer in Python", "output_attentions")
          .idle("it is for models of other kinds", "is_encoder_decoder", "chunk_size_feed_forward")
          .idle("it is for classes, which there are none", "id2label", "label2id", "problem_type")
          .idle("weights say their type", "dtype")
          .idle("it says what wrote the file", "transformers_version");

  /** For the host. */
  public ClipFamily() {}

  /** Treatment of each field of transformers' {@code CLIPTextConfig}. */
  public static ConfigFields fields() {
    return FIELDS;
  }

  /**
   * {@inheritDoc} A configuration that names no kind was written for CLIP, before there were
   * others.
   */
  @Override
  public boolean recognises(ConfigFile config) {
    return config.has("architectures")
        ? config.texts("architectures").stream().anyMatch(CLASSES::contains)
        : TYPES.contains(config.text("model_type", ""));
  }

  @Override
  public TextEncoderNetwork network(ConfigFile config) {
    FIELDS.require(config);
    int width = config.within("hidden_size", 1, MOST_WIDTH);
    int heads = config.within("num_attention_heads", 1, MOST_WIDTH);
    if (width % heads != 0) {
      throw new ModelException(
          config.file()
              + ": 'num_attention_heads' is "
              + heads
              + ", which does not divide "
              + width
              + " of hidden_size.");
    }
    return new ClipText(
        new ClipTextConfig(
            config.within("vocab_size", 2, MOST_WORDS),
            width,
            config.within("intermediate_size", 1, MOST_WIDTH),
            config.within("num_hidden_layers", 1, MOST_LAYERS),
            heads,
            config.within("max_position_embeddings", 3, MOST_WIDTH, 77),
            config.between("layer_norm_eps", 0, 1, 1e-5),
            config.text("hidden_act", "quick_gelu").equals("quick_gelu"),
            projects(config) ? config.within("projection_dim", 1, MOST_WIDTH, PROJECTION) : 0),
        config.within("eos_token_id", 0, MOST_WORDS, ClipText.GREATEST));
  }

  /** True if the checkpoint has a layer for the pooled text. */
  private static boolean projects(ConfigFile config) {
    return config.has("architectures") && config.texts("architectures").contains(PROJECTING);
  }
}

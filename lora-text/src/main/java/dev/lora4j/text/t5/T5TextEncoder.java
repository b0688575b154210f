package dev.lora4j.text.t5;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.model.text.EncodedText;
import dev.lora4j.core.model.text.HiddenView;
import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.model.text.TextEncoderInputs;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.text.token.PaddedTokenizer;
import java.nio.file.Path;

/**
 * The encoder of a T5 for the prompts of pictures, as Stable Diffusion 3 and FLUX have it. Padding
 * is attended to, as their pipelines give no mask.
 *
 * @param config sizes, of which those of the decoder take no part
 */
public record T5TextEncoder(T5Config config) implements TextEncoderNetwork {
  /** Tokens of a prompt in FLUX; positions are distances, so that the encoder knows no limit. */
  private static final int PLACES = 512;

  /** Leaves the decoder out, so that encoders of equal sizes are equal. */
  public T5TextEncoder {
    config = config.encoder();
  }

  @Override
  public int places() {
    return PLACES;
  }

  @Override
  public int width() {
    return config.width();
  }

  @Override
  public EncodedText stage(
      Weights weights, TextEncoderInputs tokens, DType compute, HiddenView view) {
    T5 network = new T5(config);
    Expr embedded = tokens.embedded(network.embedded(weights, tokens.ids(), compute));
    Expr present = tokens.ids().mul(0).add(1);
    return EncodedText.of(network.encoded(weights, embedded, tokens.ids(), present, view.single()));
  }

  /** The decoder and its head, and the table of tokens where it is written once more. */
  @Override
  public boolean ignores(String tensor) {
    return tensor.startsWith("decoder.")
        || tensor.equals("lm_head.weight")
        || tensor.endsWith(".embed_tokens.weight");
  }

  @Override
  public PromptTokenizer tokenizer(Path folder) {
    return PaddedTokenizer.load(folder, PLACES, config.vocabSize());
  }

  @Override
  public String canonical() {
    return CanonicalForm.of("T5TextEncoder")
        .with("vocabSize", config.vocabSize())
        .with("width", config.width())
        .with("headWidth", config.headWidth())
        .with("feedForward", config.feedForward())
        .with("encoderLayers", config.encoderLayers())
        .with("heads", config.heads())
        .with("buckets", config.buckets())
        .with("furthest", config.furthest())
        .with("normEpsilon", config.normEpsilon())
        .with("activation", config.activation())
        .with("gated", config.gated())
        .with("sharedPositions", config.sharedPositions())
        .text();
  }
}

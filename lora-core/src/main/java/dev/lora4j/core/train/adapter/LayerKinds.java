package dev.lora4j.core.train.adapter;

import dev.lora4j.core.format.Components;
import dev.lora4j.core.nn.Site;
import java.util.regex.Pattern;

/** Kinds of layers by the names that diffusers and transformers give them. */
public final class LayerKinds {
  private static final Pattern IN_ATTENTION =
      Pattern.compile(
          ".*\\.(attn\\d*|self_attn|cross_attn|attention|SelfAttention|EncDecAttention)\\..*");
  private static final Pattern IN_FEED_FORWARD =
      Pattern.compile(
          ".*(?<!_embedder)\\.(ff|ff_context|mlp|ffn|feed_forward|DenseReluDense)\\..*"
              + "|.*\\.layer\\.\\d+\\.(intermediate|output)\\.dense"
              + "|.*\\.layers\\.\\d+\\.fc[12]"
              + "|.*\\.albert_layers\\.\\d+\\.ffn(_output)?");

  private LayerKinds() {}

  /** Returns true for linear layers and convolutions. */
  public static boolean product(Site site) {
    return linear(site) || site.convolution();
  }

  /** Returns true for linear layers. */
  public static boolean linear(Site site) {
    return site.kind() == Site.Kind.LINEAR;
  }

  /** Returns true for layers of text encoders of a pipeline. */
  public static boolean text(Site site) {
    return Components.textEncoder(site.name());
  }

  /** Returns true for layers within attention: projections, also of the output. */
  public static boolean attention(Site site) {
    return IN_ATTENTION.matcher(site.name()).matches();
  }

  /** Returns true for layers within feed-forward parts. */
  public static boolean feedForward(Site site) {
    return IN_FEED_FORWARD.matcher(site.name()).matches();
  }
}

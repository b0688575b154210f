package dev.lora4j.core.train.adapter;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.nn.Site;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Layers that are often trained together. None but {@link #TEXT_ENCODERS} has any of those. */
public enum TargetPreset implements Canonical {
  /** Attention: projections to queries, keys and values, and the output projection. */
  ATTENTION,
  /**
   * Attention and feed-forward layers; in UNets all of their transformers, with the projections
   * into and out of them, which is what kohya's scripts train without a rank for convolutions.
   */
  ATTENTION_FEED_FORWARD,
  /** All linear layers. */
  LINEAR,
  /** All linear layers and convolutions. */
  ALL,
  /**
   * Attention, feed-forward and all convolutions of a UNet's blocks: a style is partly texture, and
   * texture is in the convolutions.
   */
  STYLE,
  /**
   * Attention of the block that B-LoRA (Frenkel et al. 2024) found to hold content: {@code
   * up_blocks.0.attentions.0} of Stable Diffusion XL. In other UNets it is the first transformer of
   * the first block upwards that has any, {@code up_blocks.1.attentions.0} of Stable Diffusion 1.x,
   * which lies at the same part of the picture's size; the paper says nothing of these.
   */
  B_LORA_CONTENT,
  /** The transformer behind that of {@link #B_LORA_CONTENT}, which B-LoRA found to hold style. */
  B_LORA_STYLE,
  /** Attention and feed-forward layers of all text encoders. */
  TEXT_ENCODERS;

  private static final Pattern TEXT = Pattern.compile("text_encoder(_\\d+)?\\..*");
  private static final Pattern IN_ATTENTION =
      Pattern.compile(
          ".*\\.(attn\\d*|self_attn|cross_attn|attention|SelfAttention|EncDecAttention)\\..*");
  private static final Pattern IN_FEED_FORWARD =
      Pattern.compile(
          ".*\\.(ff|ff_context|mlp|ffn|feed_forward|DenseReluDense)\\..*"
              + "|.*\\.layer\\.\\d+\\.(intermediate|output)\\.dense");
  private static final Pattern IN_TRANSFORMER = Pattern.compile("unet\\..*attentions\\.\\d+\\..*");
  private static final Pattern UP = Pattern.compile("unet\\.up_blocks\\.(\\d+)\\.attentions\\..*");

  /**
   * The preset called {@code name}, with {@code -} or {@code _} between its words.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static TargetPreset named(String name) {
    String constant = name.toUpperCase(Locale.ROOT).replace('-', '_');
    for (TargetPreset preset : values()) {
      if (preset.name().equals(constant)) {
        return preset;
      }
    }
    throw new IllegalArgumentException(
        "No preset of layers is called "
            + name
            + "; there are "
            + String.join(", ", List.of(values()).stream().map(TargetPreset::toString).toList())
            + ".");
  }

  /** Layers of the preset among all of a model. */
  public List<Site> among(Collection<Site> sites) {
    Predicate<Site> chosen = test(sites);
    return sites.stream().filter(TargetPreset::product).filter(chosen).toList();
  }

  private Predicate<Site> test(Collection<Site> sites) {
    return switch (this) {
      case ATTENTION -> site -> !text(site) && linear(site) && attention(site);
      case ATTENTION_FEED_FORWARD -> site -> !text(site) && transformer(site);
      case LINEAR -> site -> !text(site) && linear(site);
      case ALL -> site -> !text(site);
      case STYLE -> TargetPreset::style;
      case B_LORA_CONTENT -> upwards(sites, 0);
      case B_LORA_STYLE -> upwards(sites, 1);
      case TEXT_ENCODERS -> site -> text(site) && (attention(site) || feedForward(site));
    };
  }

  private static Predicate<Site> upwards(Collection<Site> sites, int index) {
    Optional<Integer> first =
        sites.stream()
            .map(site -> UP.matcher(site.name()))
            .filter(Matcher::matches)
            .map(matcher -> Integer.valueOf(matcher.group(1)))
            .min(Integer::compare);
    String block = "unet.up_blocks." + first.orElse(-1) + ".attentions." + index + ".";
    return site -> site.name().startsWith(block) && linear(site) && attention(site);
  }

  private static boolean transformer(Site site) {
    return IN_TRANSFORMER.matcher(site.name()).matches()
        || (linear(site) && (attention(site) || feedForward(site)));
  }

  private static boolean style(Site site) {
    String name = site.name();
    return name.startsWith("unet.")
        && !name.contains("time_emb")
        && (name.contains("_blocks.") || name.contains("mid_block."));
  }

  private static boolean product(Site site) {
    return linear(site) || site.convolution();
  }

  private static boolean linear(Site site) {
    return site.kind() == Site.Kind.LINEAR;
  }

  private static boolean text(Site site) {
    return TEXT.matcher(site.name()).matches();
  }

  private static boolean attention(Site site) {
    return IN_ATTENTION.matcher(site.name()).matches();
  }

  private static boolean feedForward(Site site) {
    return IN_FEED_FORWARD.matcher(site.name()).matches();
  }

  @Override
  public String canonical() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Name in requests. */
  @Override
  public String toString() {
    return canonical();
  }
}

package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.diffusion.clip.ClipTextConfig;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A checkpoint in one file, in the layout that Stable Diffusion 1, 2 and XL were published in: what
 * kind it is, how large its networks are, and where each of their weights lies.
 */
public final class OriginalCheckpoint {
  private static final String UNET = OriginalDenoiser.WHOLE;
  private static final String VAE = "first_stage_model.";

  /** Channels of latents, in all models of these kinds. */
  private static final int LATENTS = 4;

  /** Places of transformers' text encoders. */
  private static final List<String> CLIP =
      List.of("cond_stage_model.transformer.", "conditioner.embedders.0.transformer.");

  /** Places of OpenCLIP's; the last one is that of Stable Diffusion 2 in Stability's later code. */
  private static final List<String> OPEN_CLIP =
      List.of(
          "conditioner.embedders.1.model.",
          "cond_stage_model.model.",
          "conditioner.embedders.0.model.");

  /** Places of OpenCLIP's under the names of stable-diffusion.cpp, in XL and in 2. */
  private static final List<String> RENAMED =
      List.of("cond_stage_model.1.transformer.", "cond_stage_model.transformer.");

  /** Layers of OpenAI's text encoder; OpenCLIP's have more. */
  private static final int CLIP_LAYERS = 12;

  private final KeyTree keys;
  private final OriginalKind kind;
  private final List<TextEncoderLocation> encoders;
  private final InferredPrediction prediction;

  private OriginalCheckpoint(StoredTensors tensors, Map<String, String> metadata, KeyTree keys) {
    this.keys = keys;
    Optional<TextEncoderLocation> renamed =
        RENAMED.stream()
            .filter(this::renamed)
            .findFirst()
            .map(prefix -> new TextEncoderLocation(prefix, true, true));
    Optional<TextEncoderLocation> clip =
        place(CLIP, false)
            .filter(c -> renamed.filter(r -> r.prefix().equals(c.prefix())).isEmpty());
    Optional<TextEncoderLocation> openClip = place(OPEN_CLIP, true).or(() -> renamed);
    boolean told = keys.below(UNET + "label_emb.");
    kind = told ? OriginalKind.XL : clip.isPresent() ? OriginalKind.SD1 : OriginalKind.SD2;
    if (told && clip.isEmpty() && openClip.isPresent()) {
      throw keys.refused(
          "it is a refiner of Stable Diffusion XL or another model without CLIP's text encoder,"
              + " which makes no pictures by itself. Give the base model.");
    }
    encoders =
        switch (kind) {
          case SD1 -> List.of(needed(clip, CLIP.get(0)));
          case SD2 -> List.of(needed(openClip, OPEN_CLIP.get(1)));
          case XL -> List.of(needed(clip, CLIP.get(1)), needed(openClip, OPEN_CLIP.get(0)));
        };
    if (keys.has("edm_mean") || keys.has("edm_vpred.sigma_max")) {
      throw keys.refused(
          "it was trained on noise levels of its own (EDM, as Playground 2.5), for which there is"
              + " no sampler here.");
    }
    int last = keys.count(UNET + "output_blocks.") - 1;
    String norm = UNET + "output_blocks." + last + ".1.transformer_blocks.0.norm1.bias";
    prediction =
        InferredPrediction.of(
            tensors,
            new Metadata(metadata),
            kind,
            fillsMasks() ? Optional.empty() : Optional.of(norm));
  }

  /** True if the denoiser takes more input channels than the latents have. */
  private boolean fillsMasks() {
    return keys.shape(UNET + "input_blocks.0.0.weight")
        .filter(s -> s.rank() > 1 && s.size(1) > LATENTS)
        .isPresent();
  }

  /**
   * Reads a file's names and shapes.
   *
   * @param tensors by the numbers that they stand for
   * @param metadata texts of its header
   * @throws CheckpointException if it is none of a kind that pictures can be made with, with what
   *     it is
   */
  public static OriginalCheckpoint of(StoredTensors tensors, Map<String, String> metadata) {
    KeyTree keys = new KeyTree(tensors.path(), tensors.tensors());
    if (!keys.below(UNET + "input_blocks.")) {
      throw new CheckpointException(
          tensors.path()
              + " is "
              + what(keys)
              + ". Pictures are made with Stable Diffusion 1, 2 and XL: a folder in the layout of"
              + " diffusers, or one file with a denoiser below "
              + UNET
              + ", an autoencoder and the text encoders; and with models that have a transformer:"
              + " a folder, or one file with all networks beside the configurations of a folder"
              + " (--base-config).");
    }
    return new OriginalCheckpoint(tensors, metadata, keys);
  }

  /** Name, for the refusal, of a file that is no such checkpoint; an adapter is refused as one. */
  private static String what(KeyTree keys) {
    if (keys.below("input_blocks.")) {
      return "the denoiser of such a model alone, which --denoiser takes beside --base";
    }
    if (GgufFile.named(keys.path())) {
      return "a GGUF file of another model";
    }
    try (BaseCheckpoint other = BaseCheckpoint.open(keys.path())) {
      String title = other.base().title();
      boolean known = !other.base().name().isEmpty();
      return known
          ? "a model of the kind " + title + ", or a part of one"
          : "a model of no kind that is known";
    }
  }

  private Optional<TextEncoderLocation> place(List<String> prefixes, boolean openClip) {
    return prefixes.stream()
        .filter(keys::below)
        .findFirst()
        .map(prefix -> new TextEncoderLocation(prefix, openClip));
  }

  /** True if an OpenCLIP lies here under names of transformers. */
  private boolean renamed(String prefix) {
    String layers = prefix + "text_model.encoder.layers.";
    return keys.below(layers)
        && (prefix.equals(RENAMED.get(0))
            || keys.below(layers + "0.self_attn.in_proj.")
            || keys.count(layers) > CLIP_LAYERS);
  }

  private TextEncoderLocation needed(Optional<TextEncoderLocation> found, String usual) {
    return found.orElseThrow(
        () ->
            keys.refused(
                "it lacks a text encoder, expected below "
                    + usual
                    + ". Give a whole checkpoint, not a denoiser alone."));
  }

  /** Its kind. */
  public OriginalKind kind() {
    return kind;
  }

  /** Prediction type of its denoiser. */
  public InferredPrediction prediction() {
    return prediction;
  }

  /** Sizes of the denoiser. */
  public UNetConfig unet() {
    int pooled = kind == OriginalKind.XL ? new InferredEncoder(keys, encoders.get(1)).pooled() : 0;
    return new InferredUNet(keys, UNET, kind != OriginalKind.SD1)
        .config(pooled, predictsVelocity() && kind == OriginalKind.SD2);
  }

  private boolean predictsVelocity() {
    return prediction.prediction() == Prediction.V_PREDICTION;
  }

  /** Sizes of the autoencoder. */
  public VaeConfig vae() {
    return new InferredVae(keys, VAE).config(kind.scalingFactor());
  }

  /** Sizes of the text encoders, in the order in which the denoiser gets what they see. */
  public List<ClipTextConfig> texts() {
    return switch (kind) {
      case SD1 -> List.of(new InferredEncoder(keys, encoders.get(0)).config(0, false));
      // Its denoiser was trained on the last layer but one.
      case SD2 -> List.of(new InferredEncoder(keys, encoders.get(0)).config(1, false));
      case XL ->
          List.of(
              new InferredEncoder(keys, encoders.get(0)).config(0, false),
              new InferredEncoder(keys, encoders.get(1)).config(0, true));
    };
  }

  /** Height and width of the latents that it was trained on. */
  public int sampleSize() {
    return kind == OriginalKind.SD2 && predictsVelocity() ? 96 : kind.sampleSize();
  }

  /** Location of a weight of a denoiser of these sizes. */
  public Placement unet(UNetConfig config, Parameter parameter) {
    return new OriginalDenoiser(config, UNET).place(parameter);
  }

  /** Location of a weight of an autoencoder of these sizes. */
  public Placement vae(VaeConfig config, Parameter parameter) {
    return Placement.of("", VAE + new Vae(config).originals(parameter.name()).get(0));
  }

  /**
   * Possible locations of a weight of a text encoder, likeliest first.
   *
   * @param encoder its place in {@link #texts}
   */
  public List<Placement> text(int encoder, Parameter parameter) {
    return encoders.get(encoder).of(parameter);
  }

  /** Number of text encoders. */
  public int encoders() {
    return encoders.size();
  }

  /**
   * Reason for which no network needs this key; empty if there is none.
   *
   * @param texts sizes of the text encoders as they are used
   */
  public Optional<IgnoredKey> ignored(String key, List<ClipTextConfig> texts) {
    if (kind == OriginalKind.SD2) {
      int last = texts.get(0).numHiddenLayers();
      String layers =
          encoders.get(0).renamed() ? "text_model.encoder.layers." : "transformer.resblocks.";
      String layer = encoders.get(0).prefix() + layers + last + ".";
      if (key.startsWith(layer)) {
        return Optional.of(IgnoredKey.LAST_LAYER);
      }
    }
    return IgnoredKey.of(key);
  }
}

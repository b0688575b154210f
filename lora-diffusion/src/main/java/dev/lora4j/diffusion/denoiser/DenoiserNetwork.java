package dev.lora4j.diffusion.denoiser;

import dev.lora4j.core.identity.Canonical;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.text.TextEncoderNetwork;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SizeShift;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * The network of a denoiser with its sizes, without its weights: it predicts the noise, velocity or
 * flow in noisy latents. Implementations are values: those of equal sizes are equal, and {@link
 * #canonical} has all sizes, as a digest of them goes into the metadata of pictures.
 */
public interface DenoiserNetwork extends Canonical {
  /**
   * Component of a pipeline that it is: the name of its folder, and the first part of the names of
   * its sites. diffusers has {@code unet} and {@code transformer}; any other is known by a {@link
   * dev.lora4j.core.format.BaseFamily} that has such sites.
   */
  String component();

  /** Channels of the latents that it takes. */
  int inChannels();

  /** Channels of what it predicts, which are those of the autoencoder's latents. */
  int outChannels();

  /** Width of the vectors that stand for a text's words. */
  int crossAttentionDim();

  /** Width of the pooled text in its {@link AddedConditioning}; 0 without it. */
  default int pooledWidth() {
    return 0;
  }

  /**
   * True if it is told sizes beside the pooled text, as Stable Diffusion XL is. One without a
   * pooled text is not.
   */
  default boolean sized() {
    return pooledWidth() > 0;
  }

  /**
   * Arrangement of the outputs of a base's text encoders, in whose order it gets them.
   *
   * @param encoders by the names of their folders, for example {@code text_encoder_2}, in order
   * @throws IllegalArgumentException if they do not fit: one is missing, or of another width
   */
  default TextArrangement texts(Map<String, TextEncoderNetwork> encoders) {
    return TextArrangement.sideBySide(this, encoders);
  }

  /** Prediction type that it was made for, if it is one alone; otherwise the schedule says it. */
  default Optional<Prediction> prediction() {
    return Optional.empty();
  }

  /** Guidance scale of pictures, where neither a prompt nor a file of the base has one. */
  default double guidance() {
    return 7.5;
  }

  /** Greatest height and width of the latents that it has positions for. */
  default int longestSide() {
    return Integer.MAX_VALUE;
  }

  /** Height and width of the latents that it was trained on, where no file of the base says it. */
  default int sampleSize() {
    return 64;
  }

  /**
   * Width of the embedding of the guidance scale, which denoisers of latent consistency take (Meng
   * et al. 2023, Luo et al. 2023); 0 without it. One that takes it guides itself, so that pictures
   * take one row of its batch and no negative text, unless it {@link #takesTrueCfg}.
   */
  default int guidanceWidth() {
    return 0;
  }

  /**
   * The embedding of a guidance scale as it takes it, {@link #guidanceWidth} numbers; that of
   * latent consistency unless it has another.
   */
  default float[] guidanceEmbedding(double scale) {
    return GuidanceEmbedding.numbers(scale, guidanceWidth());
  }

  /**
   * True if it takes classifier-free guidance, with a scale of its own, beside the guidance scale
   * that it is told; of no meaning for one without {@link #guidanceWidth}.
   */
  default boolean takesTrueCfg() {
    return false;
  }

  /** Number of reference pictures that it can see beside the one that it makes; 0 for none. */
  default int mostReferences() {
    return 0;
  }

  /**
   * Guidance scale that it is told in training, where no setting has one; empty if training leaves
   * it out.
   */
  default OptionalDouble trainingGuidance() {
    return OptionalDouble.empty();
  }

  /**
   * Shift by the size of the picture, for a base whose schedule asks for one; that of its file
   * unless the pipeline of this denoiser has a rule of its own.
   *
   * @param ofFile the one that the file of the schedule describes
   */
  default SizeShift sizeShift(SizeShift ofFile) {
    return ofFile;
  }

  /**
   * True if the last of n levels of noise of a flow is that of a share 1 / n, before a shift;
   * otherwise it is the least of training, as diffusers' scheduler has it by itself.
   */
  default boolean evenSteps() {
    return false;
  }

  /**
   * Number of resolutions of its layers, each half as high and wide as the one before, the first
   * that of the latents; at least 1. Latents' sides are multiples of two to the power of one less.
   */
  int levels();

  /**
   * Positions of the layers' outputs in the picture, by the sites' names, which begin with {@link
   * #component}. Regions of adapters and the cost of unmerged adapters follow from them.
   */
  SitePlacement.Of places();

  /**
   * Stages the network. The layers that it takes from {@code weights} are those that adapters can
   * change.
   *
   * @param weights by the names in its checkpoints
   * @param checkpointing whether training may compute inner values a second time instead of keeping
   *     them; must change no bit of a gradient. What is cheap beside the products around it is best
   *     staged by {@link dev.lora4j.core.tensor.Graph#recompute}, whatever this value
   * @return the prediction [batch, outChannels, height, width], in the type of {@code inputs.x()}
   * @throws IllegalArgumentException if {@code inputs} have more or less conditioning than it takes
   */
  Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing);

  /**
   * True if a weight is zero where the network is trained from the beginning, as those of
   * modulations are, so that each block first passes on what it gets (Peebles and Xie 2023, section
   * 3.2, adaLN-Zero).
   */
  default boolean beginsAtZero(String weight) {
    return false;
  }

  /** Possible names of a weight in checkpoints in folders, likeliest first. */
  default List<String> names(String weight) {
    return List.of(weight);
  }

  /** True if a tensor of a checkpoint is known and not needed, such as a buffer. */
  default boolean ignores(String tensor) {
    return false;
  }
}

package dev.lora4j.flow.layer;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Transformer that predicts the flow from the picture to the noise, of tokens of two by two latents
 * unless it says otherwise.
 */
public interface FlowTransformer extends DenoiserNetwork {
  /** Component of a pipeline that it is. */
  String COMPONENT = "transformer";

  /** Resolutions: latents, and tokens of two by two of them. */
  int LEVELS = 2;

  @Override
  default String component() {
    return COMPONENT;
  }

  @Override
  default boolean sized() {
    return false;
  }

  @Override
  default Optional<Prediction> prediction() {
    return Optional.of(Prediction.FLOW);
  }

  @Override
  default int levels() {
    return LEVELS;
  }

  /**
   * The pooled text of some inputs, [batch, width].
   *
   * @throws IllegalArgumentException if there is none, or sizes beside it
   */
  static Expr pooled(DenoiserInputs inputs) {
    return inputs
        .added()
        .filter(a -> a.sizes().isEmpty())
        .map(AddedConditioning::pooled)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "This denoiser is told a pooled text beside the timestep, and no sizes."));
  }

  /**
   * Refuses inputs that have more than latents, timesteps and a text.
   *
   * @throws IllegalArgumentException if so
   */
  static void requireTextAlone(DenoiserInputs inputs) {
    if (inputs.added().isPresent() || inputs.guidance().isPresent()) {
      throw new IllegalArgumentException(
          "This denoiser is told a text and the timestep alone, no pooled text, sizes or guidance"
              + " scale.");
    }
  }

  /**
   * Refuses reference pictures beside texts for parts of a picture, which would not count in them.
   *
   * @throws IllegalArgumentException if there are both
   */
  static void requireOneTextWithReferences(DenoiserInputs inputs) {
    if (!inputs.references().isEmpty() && inputs.text().shares(0).isPresent()) {
      throw new IllegalArgumentException(
          "This denoiser takes no reference pictures beside texts for parts of the picture.");
    }
  }

  /**
   * A block, whose inner values are computed once more for the gradient if {@code again}. It is a
   * {@linkplain Graph#border part} of the program, whose weights can be in memory alone.
   */
  static List<Expr> staged(Graph graph, boolean again, Supplier<List<Expr>> block) {
    graph.border();
    List<Expr> after = again ? graph.checkpoint(block) : block.get();
    graph.border();
    return after;
  }
}

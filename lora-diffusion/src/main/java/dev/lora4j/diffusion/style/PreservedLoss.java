package dev.lora4j.diffusion.style;

import dev.lora4j.core.nn.LayerAdapters;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.conditioning.EncodedCaption;
import dev.lora4j.diffusion.train.objective.ClassPreservation;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.List;
import java.util.function.BiFunction;

/**
 * The loss of pictures, and beside it how far the adapter is from the base for the same noisy
 * latents with captions of the class: their mean squared distance times a weight. Masks and weights
 * of timesteps are of the first alone.
 */
final class PreservedLoss implements PredictionLoss {
  private static final String CLASS = "class_";

  private final DiffusionModel model;
  private final ClassPreservation how;
  private final BiFunction<String, Boolean, EncodedCaption> captions;

  /**
   * A loss.
   *
   * @param captions encodes a caption as the base does, and stores it if it comes again
   */
  PreservedLoss(
      DiffusionModel model,
      ClassPreservation how,
      BiFunction<String, Boolean, EncodedCaption> captions) {
    this.model = model;
    this.how = how;
    this.captions = captions;
  }

  @Override
  public Expr stage(Staging at, StagedObjective objective, StepDenoiser denoiser) {
    StagedCaptions plain = StagedCaptions.encoded(at.graph(), model, CLASS);
    Expr pictures = NOISE.stage(at, objective, denoiser);
    // Calibration looks at the layers of the base, each once.
    boolean looked = at.purpose() == Staging.Purpose.CALIBRATION;
    Expr kept = denoiser.apply(looked ? LayerAdapters.NONE : at.adapters(), plain);
    Expr base = denoiser.apply(LayerAdapters.NONE, plain).detach();
    Expr distance = kept.sub(base).pow(2).mean();
    at.measure("preservation/pictures", pictures);
    at.measure("preservation/distance", distance);
    return pictures.add(distance.mul(how.weight()));
  }

  @Override
  public List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
    List<EncodedCaption> rows =
        samples.stream()
            .map(s -> captions.apply(how.caption(s.caption()), s.storableCaption()))
            .toList();
    return StyleInputs.encoded(scope, model, rows);
  }
}

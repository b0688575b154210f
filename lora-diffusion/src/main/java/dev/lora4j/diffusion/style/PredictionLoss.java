package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.run.Staging;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.List;

/** Loss of a batch by the denoiser's predictions, with the inputs that it needs besides. */
interface PredictionLoss {
  /** The distance from the noise, velocity or flow that was mixed into the latents. */
  PredictionLoss NOISE =
      new PredictionLoss() {
        @Override
        public Expr stage(Staging at, StagedObjective objective, StepDenoiser predicted) {
          return objective.loss(predicted.apply(at.adapters()));
        }

        @Override
        public List<Tensor> inputs(
            Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
          return List.of();
        }
      };

  /**
   * Stages the loss. Inputs are declared before the first prediction.
   *
   * @param objective staged before
   * @param predicted the denoiser; its predictions are of the type of the loss
   * @return a scalar
   */
  Expr stage(Staging at, StagedObjective objective, StepDenoiser predicted);

  /** The inputs for a batch, in the order in which {@link #stage} declares them. */
  List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws);
}

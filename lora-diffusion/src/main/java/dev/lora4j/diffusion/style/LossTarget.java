package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.train.objective.SampleDraw;
import dev.lora4j.diffusion.train.objective.StagedObjective;
import java.util.List;

/** The numbers that the denoiser's output is compared with. */
interface LossTarget {
  /** The noise, velocity or flow that was mixed into the latents. */
  LossTarget NOISE =
      new LossTarget() {
        @Override
        public Expr stage(Graph graph, StagedObjective objective, DType type) {
          return objective.target();
        }

        @Override
        public List<Tensor> inputs(
            Scope scope, List<TrainingSample> samples, List<SampleDraw> draws) {
          return List.of();
        }
      };

  /**
   * Stages the target, with the inputs that it needs.
   *
   * @param objective staged before
   * @param type of the target
   */
  Expr stage(Graph graph, StagedObjective objective, DType type);

  /** The inputs for a batch, in the order in which {@link #stage} declares them. */
  List<Tensor> inputs(Scope scope, List<TrainingSample> samples, List<SampleDraw> draws);
}

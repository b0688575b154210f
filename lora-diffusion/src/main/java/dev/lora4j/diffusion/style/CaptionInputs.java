package dev.lora4j.diffusion.style;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;

/** The inputs of a program that come with the captions, in the order in which it declares them. */
@FunctionalInterface
interface CaptionInputs {
  /** The inputs for a batch. */
  List<Tensor> of(Scope scope, List<TrainingSample> batch);
}

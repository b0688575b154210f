package dev.lora4j.core.model;

import dev.lora4j.core.format.checkpoint.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.TensorStore;
import java.util.List;

/** Where the weights of a model's networks lie. */
public interface WeightLocations {
  /** The tensors among which the weights of a network lie; closed by whoever opened the model. */
  TensorStore store(String model);

  /** What stands before names of tensors in messages, so that they are found. */
  String label(String model);

  /** Where a weight of a network may lie, likeliest first; at least one place. */
  List<Placement> places(String model, Parameter parameter);

  /**
   * Decides about tensors that no network asked for.
   *
   * @param unclaimed names in {@link #store} of this network
   * @return those that must not be there
   */
  List<String> unknown(String model, List<String> unclaimed);
}

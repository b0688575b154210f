package dev.lora4j.core.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import java.util.List;

/** Locations of the weights of a model's networks. */
public interface WeightLocations {
  /** The tensors that contain the weights of a network; the opener of the model closes them. */
  StoredTensors store(String model);

  /** Prefix of tensor names in messages, by which users find them. */
  String label(String model);

  /** Possible placements of a network's weight, likeliest first; at least one. */
  List<Placement> places(String model, Parameter parameter);

  /**
   * Decides about tensors that no network requested.
   *
   * @param unclaimed names in {@link #store} of this network
   * @return those that must not be there
   */
  List<String> unknown(String model, List<String> unclaimed);
}

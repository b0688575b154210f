package dev.lora4j.core.adapter.training;

import java.util.Optional;
import java.util.Set;

/**
 * Training of a method that can have the mean of several changes of a layer: its results of several
 * machines become one.
 */
public interface AveragedTraining extends TrainableMethod {
  /**
   * How the change of a layer follows from what is trained there.
   *
   * @param parts names of all tensors that are trained at the layer
   * @return empty if no mean can be formed of these
   */
  Optional<ChangeForm> form(Set<String> parts);
}

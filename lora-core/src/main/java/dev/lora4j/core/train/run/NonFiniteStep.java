package dev.lora4j.core.train.run;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Place in a step at which numbers became not finite.
 *
 * @param layer the first layer, in the order of computing, whose output was not finite; empty if
 *     all were
 * @param weight the first trained tensor with a gradient that was not finite, if no layer was found
 * @param items items of the batch, as messages name them
 */
public record NonFiniteStep(Optional<String> layer, Optional<String> weight, List<String> items) {
  /** Copies the list. */
  public NonFiniteStep {
    items = List.copyOf(items);
  }

  @Override
  public String toString() {
    String where =
        layer
            .map(name -> "the output of " + name + " is not finite")
            .or(() -> weight.map(name -> "the gradient of " + name + " is not finite"))
            .orElse("the loss is not finite though every layer's output is");
    return where + ", with " + items.stream().distinct().collect(Collectors.joining(", "));
  }
}

package dev.lora4j.text.model;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.Initialiser;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A new classification head, for a model that was saved without one or for other classes.
 *
 * @param labels number of classes
 * @param seed of its random weights
 */
public record ClassifierHead(int labels, long seed) {
  /** Refuses numbers of classes that are none. */
  public ClassifierHead {
    if (labels < 1) {
      throw new IllegalArgumentException("a head tells apart 1 class or more, not " + labels);
    }
  }

  /** The first values of weights, by name; each depends on the seed and its name alone. */
  Map<String, Tensor> start(Scope scope, List<Parameter> parameters, DType compute) {
    FlatLayout layout = FlatLayout.of(parameters);
    float[] flat = Initialiser.fill(layout, seed);
    Map<String, Tensor> tensors = new HashMap<>();
    for (FlatLayout.Slot slot : layout.slots()) {
      Parameter parameter = slot.parameter();
      int from = Math.toIntExact(slot.offset());
      int to = from + Math.toIntExact(parameter.shape().elements());
      try (Tensor values =
          Tensor.of(scope, parameter.shape(), Arrays.copyOfRange(flat, from, to))) {
        tensors.put(parameter.name(), values.to(scope, compute));
      }
    }
    return tensors;
  }

  /** Note for the user about a new head. */
  static String note(List<Parameter> started) {
    return "The head starts from chance and has to be trained, as the model has none for these"
        + " classes: "
        + started.stream().map(Parameter::name).collect(Collectors.joining(", "))
        + ".";
  }
}

package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Weights that a program takes as held inputs, named as the model names them. */
public final class FrozenWeights implements WeightSource {
  private final DType dtype;
  private final String prefix;
  private final Map<String, Expr> inputs = new LinkedHashMap<>();
  private final List<Parameter> parameters = new ArrayList<>();

  /**
   * Makes a source of inputs.
   *
   * @param dtype the type the weights are stored and computed in
   * @param prefix put before each name to make the input's name, so that two models fit in one
   *     program
   */
  public FrozenWeights(DType dtype, String prefix) {
    this.dtype = dtype;
    this.prefix = prefix;
  }

  @Override
  public Expr weight(Graph graph, Parameter parameter) {
    return inputs.computeIfAbsent(
        parameter.name(),
        name -> {
          parameters.add(parameter);
          return graph.weight(prefix + name, dtype, parameter.shape());
        });
  }

  /** The model's parameters in the order of the program's held inputs. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }
}

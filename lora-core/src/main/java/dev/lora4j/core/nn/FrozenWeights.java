package dev.lora4j.core.nn;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights that a program takes as held inputs, named as the model names them. Of a quantised weight
 * it takes the parts, and makes the numbers anew wherever they are used.
 */
public final class FrozenWeights implements WeightSource {
  private final DType dtype;
  private final String prefix;
  private final Map<String, WeightForm> forms;
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
    this(dtype, prefix, Map.of());
  }

  /**
   * Makes a source of inputs, some of them quantised.
   *
   * @param dtype the type that is computed in, and that other weights are stored in
   * @param forms forms of the quantised weights, by name
   */
  public FrozenWeights(DType dtype, String prefix, Map<String, WeightForm> forms) {
    this.dtype = dtype;
    this.prefix = prefix;
    this.forms = forms;
  }

  @Override
  public Expr weight(Graph graph, Parameter parameter) {
    WeightForm form = forms.get(parameter.name());
    if (form == null) {
      return inputs.computeIfAbsent(
          parameter.name(),
          name -> {
            parameters.add(parameter);
            return graph.weight(prefix + name, dtype, parameter.shape());
          });
    }
    Map<String, Expr> tensors = new LinkedHashMap<>();
    for (WeightForm.Part part : form.parts(parameter.shape())) {
      tensors.put(part.name(), part(graph, parameter, part));
    }
    form.constants()
        .forEach(
            (name, value) ->
                tensors.put(
                    name,
                    part(
                        graph,
                        parameter,
                        new WeightForm.Part(name, value.dtype(), value.shape()))));
    return graph.transientValue(
        () -> QuantisedNumbers.stage(graph, form, tensors, parameter.shape(), dtype));
  }

  private Expr part(Graph graph, Parameter parameter, WeightForm.Part part) {
    Shape shape = part.shape();
    return inputs.computeIfAbsent(
        WeightForm.tensor(parameter.name(), part.name()),
        name -> graph.held(prefix + name, part.dtype(), shape));
  }

  /** The parameters that are not quantised, in the order of the program's held inputs. */
  public List<Parameter> parameters() {
    return List.copyOf(parameters);
  }
}

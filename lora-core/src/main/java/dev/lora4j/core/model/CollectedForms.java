package dev.lora4j.core.model;

import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/** Quantised weights while they are gathered; equal constants of forms are one tensor. */
final class CollectedForms {
  private final Scope scope;
  private final Map<String, Tensor> tensors = new LinkedHashMap<>();
  private final Map<String, WeightForm> forms = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final Map<HostTensor, Tensor> constants = new HashMap<>();
  private final Map<WeightForm, Map<String, HostTensor>> known = new HashMap<>();

  /**
   * None yet.
   *
   * @param scope owner of the constants
   */
  CollectedForms(Scope scope) {
    this.scope = scope;
  }

  void add(String name, WeightForm form, Shape shape, Map<String, Tensor> parts) {
    parts.forEach((part, tensor) -> tensors.put(WeightForm.tensor(name, part), tensor));
    known
        .computeIfAbsent(form, WeightForm::constants)
        .forEach(
            (part, value) ->
                tensors.put(
                    WeightForm.tensor(name, part),
                    constants.computeIfAbsent(value, v -> v.on(scope))));
    forms.put(name, form);
    shapes.put(name, shape);
  }

  /**
   * All of them.
   *
   * @param origin file or folder of them, for messages
   */
  WeightStore weights(String origin, DType compute) {
    return WeightStore.quantised(origin, compute, tensors, forms, shapes).keepingPrograms(scope);
  }
}

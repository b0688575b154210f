package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Packing of the held inputs of a program.
 *
 * @param packings packing by the variable of each weight, also of weights that could be packed and
 *     never are
 * @param slots the packed tensors that the program takes
 */
record PackingPlan(Map<String, Packing> packings, List<Slot> slots) {
  /**
   * A packed tensor.
   *
   * @param position of the weight among the held inputs
   * @param variable of the tensor where it stands behind the held inputs; empty if it takes the
   *     weight's place
   */
  record Slot(int position, PackedForm form, Optional<String> variable) {}

  /** Plan without packed weights. */
  static final PackingPlan PLAIN = new PackingPlan(Map.of(), List.of());

  /** Copies. */
  PackingPlan {
    packings = Map.copyOf(packings);
    slots = List.copyOf(slots);
  }

  /** Returns true if no weight is packed. */
  boolean plain() {
    return slots.isEmpty();
  }

  /** Variables behind those of the held inputs. */
  List<String> extras() {
    return slots.stream().flatMap(s -> s.variable().stream()).toList();
  }

  /**
   * Handles of the program's held inputs, packed by the plan.
   *
   * @param handles of the plain tensors
   */
  List<Backend.Handle> handles(List<Tensor> tensors, List<Backend.Handle> handles) {
    List<Backend.Handle> all = new ArrayList<>(handles);
    for (Slot slot : slots) {
      Backend.Handle packed = tensors.get(slot.position()).packed(slot.form());
      if (slot.variable().isPresent()) {
        all.add(packed);
      } else {
        all.set(slot.position(), packed);
      }
    }
    return all;
  }
}

package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;

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
   * The plan for a part of the program.
   *
   * @param held positions of the part's held inputs among those of the program
   */
  PackingPlan of(List<Integer> held) {
    List<Slot> own = new ArrayList<>();
    for (Slot slot : slots) {
      int position = held.indexOf(slot.position());
      if (position >= 0) {
        own.add(new Slot(position, slot.form(), slot.variable()));
      }
    }
    return new PackingPlan(packings, own);
  }

  /**
   * Handles of the program's held inputs, packed by the plan.
   *
   * @param handles of the plain tensors
   */
  List<Backend.Handle> handles(List<Tensor> tensors, List<Backend.Handle> handles) {
    return handles(handles, (position, form) -> tensors.get(position).packed(form));
  }

  /**
   * Handles of the program's held inputs, packed by the plan.
   *
   * @param handles of the plain tensors
   * @param packing packs the tensor at a position
   */
  List<Backend.Handle> handles(
      List<Backend.Handle> handles, BiFunction<Integer, PackedForm, Backend.Handle> packing) {
    List<Backend.Handle> all = new ArrayList<>(handles);
    for (Slot slot : slots) {
      Backend.Handle packed = packing.apply(slot.position(), slot.form());
      if (slot.variable().isPresent()) {
        all.add(packed);
      } else {
        all.set(slot.position(), packed);
      }
    }
    return all;
  }
}

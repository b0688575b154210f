package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** The held inputs of a graph whose elements never change, and how the graph uses them. */
final class FixedWeights {
  private final Map<String, Integer> positions = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, PackedUse> uses = new LinkedHashMap<>();

  /** Uses that could take the weight packed as the first one does. */
  private final Map<String, Integer> alike = new HashMap<>();

  /**
   * Declares one.
   *
   * @param position among the held inputs
   */
  void add(Expr weight, int position) {
    positions.put(weight.toString(), position);
  }

  /** Counts those among the tensors that a statement takes. */
  void used(List<Expr> tensors) {
    for (Expr tensor : tensors) {
      if (positions.containsKey(tensor.toString())) {
        counts.merge(tensor.toString(), 1, Integer::sum);
      }
    }
  }

  /** Packed use of a fixed weight by an operator; empty if the operator takes none or cannot. */
  Optional<PackedUse> use(String operator, List<Object> arguments) {
    Optional<PackedUse> use = PackedUse.of(operator, arguments, positions.keySet());
    use.ifPresent(
        u -> {
          String name = u.weight().toString();
          PackedUse first = uses.computeIfAbsent(name, n -> u);
          if (first.kind().equals(u.kind()) && first.settings().equals(u.settings())) {
            alike.merge(name, 1, Integer::sum);
          }
        });
    return use;
  }

  /**
   * Packing plan for the fixed weights whose uses are all packed, in one arrangement.
   *
   * @param packing packing of the weights of layers of a kind
   */
  PackingPlan plan(List<Expr> outputs, Function<LayerKind, Packing> packing) {
    Map<String, PackedUse> could = new LinkedHashMap<>(uses);
    could
        .keySet()
        .removeIf(name -> !counts.getOrDefault(name, 0).equals(alike.getOrDefault(name, 0)));
    outputs.forEach(o -> could.remove(o.toString()));
    Map<String, Packing> packings = new HashMap<>();
    List<PackingPlan.Slot> slots = new ArrayList<>();
    could.forEach(
        (name, use) -> {
          Packing asked = packing.apply(use.kind());
          boolean open = asked.sometimes() && !use.weight().shape().known();
          Packing when = open ? Packing.NEVER : asked;
          packings.put(name, when);
          if (!when.never()) {
            Optional<String> extra = when.sometimes() ? Optional.of(use.extra()) : Optional.empty();
            int position = positions.getOrDefault(name, 0);
            slots.add(new PackingPlan.Slot(position, use.form(when), extra));
          }
        });
    return slots.isEmpty() ? PackingPlan.PLAIN : new PackingPlan(packings, slots);
  }
}

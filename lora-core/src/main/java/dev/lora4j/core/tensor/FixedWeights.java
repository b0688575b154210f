package dev.lora4j.core.tensor;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The held inputs of a graph whose elements never change, and how the graph uses them. */
final class FixedWeights {
  private final Map<String, Integer> positions = new HashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();
  private final Map<String, PackedForm> forms = new HashMap<>();

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

  /** How an operator would use one of them packed, if it takes one and can. */
  Optional<PackedForm.Use> use(String operator, List<Object> arguments) {
    Optional<PackedForm.Use> use = PackedForm.of(operator, arguments, positions.keySet());
    use.ifPresent(u -> forms.put(u.weight().toString(), u.form()));
    return use;
  }

  /** Variables of those that are best given packed: whose one use is such an operator. */
  Set<String> packed(List<Expr> outputs) {
    Set<String> packed = new HashSet<>(forms.keySet());
    packed.removeIf(name -> counts.getOrDefault(name, 0) != 1);
    outputs.forEach(o -> packed.remove(o.toString()));
    return packed;
  }

  /**
   * The form in which each held input is best given; empty where that is the plain one.
   *
   * @param held how many held inputs the graph has
   */
  List<Optional<PackedForm>> forms(List<Expr> outputs, int held) {
    Set<String> packed = packed(outputs);
    List<Optional<PackedForm>> all = new ArrayList<>(Collections.nCopies(held, Optional.empty()));
    positions.forEach(
        (name, position) -> {
          if (packed.contains(name)) {
            all.set(position, Optional.ofNullable(forms.get(name)));
          }
        });
    return all;
  }
}

package dev.lora4j.mixers.steps;

import dev.lora4j.core.mix.MixPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The adapters of a plan by their places in it. */
final class PlanAdapters {
  private PlanAdapters() {}

  /** True if an adapter counts at the denoiser. */
  static boolean counts(MixPlan plan, int part) {
    return plan.parts().get(part).weight().value() != 0;
  }

  /**
   * The adapters that count at the denoiser, in the order of their names.
   *
   * @param order the name of each adapter once; empty for the plan's own order
   * @throws IllegalArgumentException if it names others, or not all
   */
  static List<Integer> counting(MixPlan plan, List<String> order) {
    List<Integer> left = new ArrayList<>(IntStream.range(0, plan.parts().size()).boxed().toList());
    List<Integer> ordered = new ArrayList<>();
    for (String name : order) {
      left.stream().filter(i -> name(plan, i).equals(name)).findFirst().ifPresent(ordered::add);
      left.removeAll(ordered);
    }
    if (!order.isEmpty() && (ordered.size() < order.size() || !left.isEmpty())) {
      throw new IllegalArgumentException(
          "the order "
              + String.join(", ", order)
              + " should have the name of each adapter once: "
              + names(plan));
    }
    ordered.addAll(left);
    return ordered.stream().filter(i -> counts(plan, i)).toList();
  }

  /** The names of all adapters, in their order. */
  static String names(MixPlan plan) {
    return plan.adapters().stream().map(a -> a.name()).collect(Collectors.joining(", "));
  }

  private static String name(MixPlan plan, int part) {
    return plan.parts().get(part).adapter().name();
  }
}

package dev.lora4j.text.train;

import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.AdapterRecipe;
import dev.lora4j.text.model.TextModel;
import dev.lora4j.text.network.EncoderNetwork;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Layers of an adapter whose model has a head, which is trained whole. */
final class HeadPlan {
  private static final String WEIGHT = ".weight";

  private HeadPlan() {}

  /**
   * The layers that are trained. Those that are saved whole are the recipe's; if it has none, the
   * head and a pooler below it.
   *
   * @throws IllegalArgumentException if the recipe does not fit the model, or leaves out what
   *     starts from chance
   */
  static AdapterPlan of(AdapterRecipe asked, TextModel base, EncoderNetwork network) {
    AdapterRecipe recipe = asked;
    if (recipe.saved().isEmpty()) {
      String[] head =
          base.sites().all().stream()
              .map(s -> s.name())
              .filter(s -> network.ofHead(weight(s)))
              .toArray(String[]::new);
      recipe = recipe.saved(head);
    }
    AdapterPlan plan = recipe.plan(base.sites().all());
    List<String> left = left(plan, base);
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          "Layers that start from chance have to be trained whole: "
              + String.join(", ", left)
              + ". Name them among the layers to be saved, or none there.");
    }
    return plan;
  }

  /** Layers that start from chance and would not be in the adapter as they end. */
  private static List<String> left(AdapterPlan plan, TextModel base) {
    Set<String> whole =
        plan.sites().keySet().stream()
            .map(s -> s.name())
            .filter(s -> plan.recipe().saved().stream().anyMatch(p -> p.matches(s)))
            .map(HeadPlan::weight)
            .collect(Collectors.toSet());
    return base.started().stream()
        .filter(w -> w.endsWith(WEIGHT) && !whole.contains(w))
        .map(w -> w.substring(0, w.length() - WEIGHT.length()))
        .toList();
  }

  private static String weight(String site) {
    return site.substring(TextModel.MODEL.length() + 1) + WEIGHT;
  }
}

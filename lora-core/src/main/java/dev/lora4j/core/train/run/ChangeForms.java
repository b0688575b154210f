package dev.lora4j.core.train.run;

import dev.lora4j.core.adapter.training.AveragedTraining;
import dev.lora4j.core.adapter.training.ChangeForm;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.train.adapter.AdapterParameter;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.local.StateMean;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** Layers of a plan whose change is a product of two trained tensors, for means of changes. */
final class ChangeForms {
  private ChangeForms() {}

  /**
   * They, in the order of the model.
   *
   * @param trained all that is trained
   * @throws IllegalArgumentException if a layer's changes have no mean that its method can have
   */
  static List<StateMean.Factors> of(AdapterPlan plan, List<AdapterParameter> trained) {
    Map<Site, Map<String, String>> parts = new LinkedHashMap<>();
    for (AdapterParameter one : trained) {
      parts.computeIfAbsent(one.site(), site -> new TreeMap<>()).put(one.part(), one.name());
    }
    List<StateMean.Factors> products = new ArrayList<>();
    parts.forEach(
        (site, names) -> {
          TrainableMethod method = plan.recipe().methodAt(site);
          ChangeForm form = form(method, names.keySet()).orElseThrow(() -> refused(method, site));
          if (form instanceof ChangeForm.Product product) {
            products.add(
                new StateMean.Factors(name(names, product.down()), name(names, product.up())));
          }
        });
    return products;
  }

  /**
   * Checks that the method of a layer has means at all.
   *
   * @throws IllegalArgumentException if it has none
   */
  static void require(AdapterPlan plan, Site site) {
    TrainableMethod method = plan.recipe().methodAt(site);
    if (!(method instanceof AveragedTraining)) {
      throw refused(method, site);
    }
  }

  private static String name(Map<String, String> names, String part) {
    return Optional.ofNullable(names.get(part)).orElseThrow();
  }

  private static Optional<ChangeForm> form(TrainableMethod method, Set<String> parts) {
    return method instanceof AveragedTraining averaged ? averaged.form(parts) : Optional.empty();
  }

  private static IllegalArgumentException refused(TrainableMethod method, Site site) {
    return new IllegalArgumentException(
        "What several machines have learned on their own is averaged, and changes by the method "
            + method.name()
            + " have no mean that it could have again, for example at "
            + site.name()
            + ". Take the method lora, or send gradients at every step (local steps = 1).");
  }
}

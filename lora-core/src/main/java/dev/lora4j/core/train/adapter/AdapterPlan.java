package dev.lora4j.core.train.adapter;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TrainableMethod;
import dev.lora4j.core.adapter.training.TrainedTensor;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A recipe for one model: its layers that are trained, each with its own size. */
public final class AdapterPlan {
  /** A layer that is trained. */
  record Planned(
      int index,
      Site site,
      TrainableMethod method,
      SiteRecipe recipe,
      List<TrainedTensor> tensors) {}

  private final AdapterRecipe recipe;
  private final Map<String, Planned> sites;

  private AdapterPlan(AdapterRecipe recipe, Map<String, Planned> sites) {
    this.recipe = recipe;
    this.sites = sites;
  }

  static AdapterPlan of(AdapterRecipe recipe, Map<Site, SiteRecipe> recipes) {
    Map<String, Planned> sites = new LinkedHashMap<>();
    recipes.forEach(
        (site, one) -> {
          TrainableMethod method = recipe.methodAt(site);
          List<TrainedTensor> tensors = method.tensors(site, one);
          sites.put(site.name(), new Planned(sites.size(), site, method, one, tensors));
        });
    return new AdapterPlan(recipe, sites);
  }

  /** The recipe that it follows. */
  public AdapterRecipe recipe() {
    return recipe;
  }

  /** The layers that are trained with the size of each, in the order of the model. */
  public Map<Site, SiteRecipe> sites() {
    Map<Site, SiteRecipe> all = new LinkedHashMap<>();
    sites.values().forEach(p -> all.put(p.site(), p.recipe()));
    return Collections.unmodifiableMap(all);
  }

  /** How many numbers are trained. */
  public long elements() {
    return sites.values().stream()
        .flatMap(p -> p.tensors().stream())
        .mapToLong(t -> t.shape().elements())
        .sum();
  }

  /** The whole shape of each tensor that is trained, by its name in the flat buffer. */
  public Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    for (Planned planned : sites.values()) {
      planned
          .tensors()
          .forEach(t -> shapes.put(AdapterInTraining.name(planned.site(), t), t.shape()));
    }
    return shapes;
  }

  /** The same without dropouts, for evaluation: programs for it train the same buffer. */
  public AdapterPlan withoutDropouts() {
    return new AdapterPlan(recipe.dropouts(Dropouts.NONE), sites);
  }

  Optional<Planned> find(String site) {
    return Optional.ofNullable(sites.get(site));
  }

  List<Planned> planned() {
    return new ArrayList<>(sites.values());
  }
}

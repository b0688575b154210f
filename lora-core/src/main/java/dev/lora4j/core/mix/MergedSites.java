package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.SiteParts.Part;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Parameters of one model with merged adapters. When weights change, only the sites with other
 * weights are merged again; to remove the adapters is to drop these tensors.
 */
public final class MergedSites {
  private final Scope scope;
  private final MergedParameter patch;
  private final WeightStore base;
  private final String model;
  private final AdapterOrder order;
  private final Map<Site, List<Part>> sites = new HashMap<>();
  private final Map<Site, float[]> current = new HashMap<>();
  private final Map<String, Tensor> tensors = new TreeMap<>();

  /**
   * Creates sites that are unmerged before {@link #at}.
   *
   * @param scope owner of the tensors
   * @param catalogue the sites of the base
   * @param model prefix of the model's sites
   * @param names sites to merge, see {@link UnmergedAdapters#mergedSites}
   * @throws AdapterException if the plan's adapters cannot follow each other, one is for a site or
   *     bias that the base lacks, or no weight has its effect
   */
  public MergedSites(
      Scope scope,
      MergedParameter patch,
      WeightStore base,
      SiteCatalogue catalogue,
      String model,
      Collection<String> names,
      MixPlan plan) {
    this(scope, patch, base, model, Map.of(), plan.order());
    for (String name : names) {
      Site site = catalogue.find(name).orElseThrow(() -> unknown(name, plan));
      List<Part> parts = SiteParts.of(plan, name);
      PlanRules.check(site, parts, plan);
      float[] weights = plan.overall(name);
      PlanRules.requireMergeable(
          site, parts.stream().filter(p -> weights[p.adapter()] != 0).toList(), plan);
      sites.put(site, parts);
    }
  }

  /** Creates sites of parts that can follow each other and be merged. */
  MergedSites(
      Scope scope,
      MergedParameter patch,
      WeightStore base,
      String model,
      Map<Site, List<Part>> sites,
      AdapterOrder order) {
    this.scope = scope;
    this.patch = patch;
    this.base = base;
    this.model = model;
    this.order = order;
    this.sites.putAll(sites);
  }

  private static AdapterException unknown(String site, MixPlan plan) {
    return new AdapterException(
        "The base has no layer " + site + ", which " + plan + " would change.");
  }

  /**
   * The parameters by name, for use until the next call.
   *
   * @param weights one per adapter; sites where all are 0 keep the base's own parameters
   */
  public Map<String, Tensor> at(float... weights) {
    sites.forEach((site, parts) -> scope.engine().together(() -> updated(site, parts, weights)));
    return Collections.unmodifiableMap(tensors);
  }

  /** Returns true if something was merged. */
  private boolean updated(Site site, List<Part> parts, float[] weights) {
    float[] relevant = new float[parts.size()];
    for (int i = 0; i < relevant.length; i++) {
      relevant[i] = weights[parts.get(i).adapter()];
    }
    if (Arrays.equals(relevant, current.put(site, relevant))) {
      return false;
    }
    List<Part> active = parts.stream().filter(p -> weights[p.adapter()] != 0).toList();
    for (LayerParameter target : LayerParameter.values()) {
      String name = site.name().substring(model.length() + 1) + "." + target.parameter();
      Tensor old = tensors.remove(name);
      if (old != null) {
        old.close();
      }
      List<Part> changing = SiteParts.changing(site, active, target);
      if (!changing.isEmpty()) {
        try (Scope work = scope.child("numbers")) {
          Tensor whole = base.numbers(work, name);
          tensors.put(name, patch.parameter(scope, site, target, whole, changing, weights, order));
        }
      }
    }
    return true;
  }
}

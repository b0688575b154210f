package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.FactorInit;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.adapter.AdapterPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Ranks of layers by the energy of their weights' gradients. */
final class EnergyRanks {
  private EnergyRanks() {}

  /**
   * Layers with their ranks; alpha follows, so that the scale of each stays.
   *
   * @param group bytes of gradients at once
   * @param notes receives sentences about the ranks
   */
  static Map<Site, WarmStartFactors> of(CalibrationData data, long group, List<String> notes) {
    CalibrationSettings settings = data.plan().recipe().calibration();
    int batches = settings.gradientBatches();
    Map<Site, Double> energies = new LinkedHashMap<>();
    new WeightGradients(data, group, batches)
        .sum(
            data.layers(),
            gradient -> gradient.pow(2).mean().to(DType.F64).reshape(1),
            (site, sum) -> energies.put(site, HostTensor.of(sum).doubles()[0] / batches));
    Map<Site, SiteRecipe> usual = data.plan().sites();
    List<RankShares.Layer> layers = new ArrayList<>();
    energies.forEach(
        (site, energy) ->
            layers.add(layer(data.plan(), site, Objects.requireNonNull(usual.get(site)), energy)));
    long[] ranks = RankShares.of(layers);
    Map<Site, Long> found = new LinkedHashMap<>();
    for (Site site : energies.keySet()) {
      found.put(site, ranks[found.size()]);
    }
    Map<Site, WarmStartFactors> all = new LinkedHashMap<>();
    usual.forEach(
        (site, recipe) ->
            all.put(
                site,
                new WarmStartFactors(
                    scaled(recipe, found.getOrDefault(site, recipe.rank())), Map.of())));
    notes.add(
        "Ranks by the energy of gradients over " + batches + " batches, " + RankSummary.of(found));
    return all;
  }

  private static RankShares.Layer layer(
      AdapterPlan plan, Site site, SiteRecipe recipe, double energy) {
    CalibrationSettings settings = plan.recipe().calibration();
    long directions = Math.min(site.out(), site.rest());
    if (plan.recipe().start() == FactorInit.LORA_GA) {
      directions /= 2;
    }
    long asked = settings.greatestRank().orElse(Math.toIntExact(2 * recipe.rank()));
    long greatest = Math.max(1, Math.min(asked, directions));
    long least = Math.min(settings.leastRank(), greatest);
    long cost = LowRank.down(site, 1).elements() + LowRank.up(site, 1).elements();
    return new RankShares.Layer(energy, cost, recipe.rank(), least, greatest);
  }

  /** The recipe of a layer with another rank and the same scale. */
  private static SiteRecipe scaled(SiteRecipe recipe, long rank) {
    double ratio = (double) rank / recipe.rank();
    double alpha = recipe.alpha() * (recipe.rankStabilised() ? Math.sqrt(ratio) : ratio);
    return new SiteRecipe(rank, alpha, recipe.rankStabilised(), recipe.start());
  }
}

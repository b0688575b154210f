package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.CalibrationSettings;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Factors by the gradients of weights (LoRA-GA, Wang et al. 2024), as PEFT has them: {@code G = U S
 * V^T} is the mean gradient, {@code down} the first r rows of {@code V^T}, and {@code up} the next
 * r columns of {@code U S}, times {@code out^(1/4) / gamma^(1/2)}.
 */
final class GradientFactors {
  private GradientFactors() {}

  /**
   * Layers with their factors.
   *
   * @param ranks the layers with their ranks
   * @param group bytes of gradients at once
   */
  static Map<Site, WarmStartFactors> of(
      CalibrationData data, Map<Site, SiteRecipe> ranks, long group, List<String> notes) {
    CalibrationSettings settings = data.plan().recipe().calibration();
    int batches = settings.gradientBatches();
    Map<Site, Map<String, HostTensor>> found = new HashMap<>();
    new WeightGradients(data, group, batches)
        .sum(
            data.layers(),
            gradient -> gradient,
            (site, sum) ->
                found.put(
                    site,
                    factors(
                        data.scope(),
                        site,
                        Objects.requireNonNull(ranks.get(site)),
                        sum,
                        settings)));
    Map<Site, WarmStartFactors> all = new LinkedHashMap<>();
    ranks.forEach(
        (site, recipe) ->
            all.put(site, new WarmStartFactors(recipe, found.getOrDefault(site, Map.of()))));
    notes.add(
        "First factors by the gradients of "
            + batches
            + " batches, at "
            + found.size()
            + " layers.");
    return all;
  }

  private static Map<String, HostTensor> factors(
      Scope scope, Site site, SiteRecipe recipe, Tensor sum, CalibrationSettings settings) {
    long r = recipe.rank();
    try (Scope work = scope.child("decomposition")) {
      Graph graph = new Graph();
      Expr mean =
          graph
              .input("sum", DType.F32, Shape.of(site.out(), site.rest()))
              .div((double) settings.gradientBatches());
      LinalgOps.Svd svd = mean.svd();
      Expr rows = svd.vh().slice(0, 0, 2 * r);
      // Of the two signs that a pair of directions may have, the one by the greatest element.
      Expr sign = rows.gather(1, rows.abs().argmax(1).reshape(2 * r, 1)).sign();
      double scale = Math.pow((double) site.out(), 0.25) / Math.sqrt(settings.gamma());
      Expr down = rows.mul(sign).slice(0, 0, r);
      Expr up =
          svd.u()
              .slice(1, r, 2 * r)
              .mul(svd.values().slice(0, r, 2 * r).mul(scale).reshape(1, r))
              .mul(sign.slice(0, r, 2 * r).reshape(1, r));
      Program program = graph.inference(work, List.of(down.contiguous(), up.contiguous()));
      List<Tensor> out = program.run(work, sum);
      return Map.of(
          LoraTraining.DOWN, HostTensor.of(out.get(0)).reshape(LowRank.down(site, r)),
          LoraTraining.UP, HostTensor.of(out.get(1)).reshape(LowRank.up(site, r)));
    }
  }
}

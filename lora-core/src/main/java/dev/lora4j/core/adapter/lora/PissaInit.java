package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import java.util.List;
import java.util.function.Function;

/**
 * Factors that begin as the greatest singular directions of their layer's weight (PiSSA, Meng et
 * al. 2024): {@code W = U S V^T}, {@code up = U_r (S_r / scale)^1/2}, {@code down = (S_r /
 * scale)^1/2 V_r^T}.
 */
final class PissaInit {
  private PissaInit() {}

  /** Initial values of down and up. */
  static List<TensorInit> of(Site site, SiteRecipe recipe) {
    requireRank(site, recipe);
    Function<Expr, List<Expr>> values = weight -> values(site, recipe, weight);
    return List.of(new TensorInit.OfWeight(values, 0), new TensorInit.OfWeight(values, 1));
  }

  /** Initial values of down and up by what rounding took from the weight (LoftQ). */
  static List<TensorInit> ofRounding(Site site, SiteRecipe recipe) {
    requireRank(site, recipe);
    Function<Expr, List<Expr>> values = error -> values(site, recipe, error);
    return List.of(
        new TensorInit.OfRounding(values, 0, new TensorInit.Kaiming()),
        new TensorInit.OfRounding(values, 1, TensorInit.ZEROS));
  }

  private static void requireRank(Site site, SiteRecipe recipe) {
    recipe.requireDirections(
        site, "init = " + recipe.start() + " takes singular directions of the weight");
  }

  private static List<Expr> values(Site site, SiteRecipe recipe, Expr matrix) {
    long rank = recipe.rank();
    LinalgOps.Svd svd = matrix.reshape(site.out(), site.rest()).svd();
    Expr root = svd.values().slice(0, 0, rank).mul(1 / recipe.scale()).sqrt();
    Expr down = svd.vh().slice(0, 0, rank).mul(root.reshape(rank, 1));
    Expr up = svd.u().slice(1, 0, rank).mul(root.reshape(1, rank));
    return List.of(
        down.reshape(LowRank.down(site, rank).sizes()), up.reshape(LowRank.up(site, rank).sizes()));
  }
}

package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.function.Function;

/**
 * Factors that begin as the greatest singular directions of their layer's weight (PiSSA, Meng et
 * al. 2024): {@code W = U S V^T}, {@code up = U_r (S_r / scale)^1/2}, {@code down = (S_r /
 * scale)^1/2 V_r^T}.
 *
 * <p>PEFT takes their product away from the base and stores {@code [up | up_0]}, {@code [down;
 * -down_0]} for the plain one. Here it is {@code [up | up - up_0]}, {@code [down - down_0;
 * down_0]}: the same change, but of terms that are as small as it is, so that rounding to half
 * precision does not drown it.
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
    long most = Math.min(site.out(), site.rest());
    if (recipe.rank() > most) {
      throw new IllegalArgumentException(
          "init = "
              + recipe.start()
              + " takes singular directions of the weight, of which "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + most
              + "; the rank "
              + recipe.rank()
              + " is more.");
    }
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

  /** {@code [down - first; first]} in its rows. */
  static HostTensor down(HostTensor down, HostTensor first) {
    double[] now = down.doubles();
    double[] then = first.doubles();
    double[] both = new double[2 * now.length];
    for (int i = 0; i < now.length; i++) {
      both[i] = now[i] - then[i];
      both[now.length + i] = then[i];
    }
    return HostTensor.of(down.dtype(), down.shape().with(0, 2 * down.shape().size(0)), both);
  }

  /** {@code [up | up - before]} in its columns. */
  static HostTensor up(HostTensor up, HostTensor before) {
    double[] now = up.doubles();
    double[] then = before.doubles();
    int rank = Math.toIntExact(up.shape().size(1));
    double[] both = new double[2 * now.length];
    for (int i = 0; i < now.length; i++) {
      int at = i / rank * 2 * rank + i % rank;
      both[at] = now[i];
      both[at + rank] = now[i] - then[i];
    }
    return HostTensor.of(up.dtype(), up.shape().with(1, 2L * rank), both);
  }
}

package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.LinalgOps;
import java.util.List;
import java.util.function.Function;

/**
 * Factors that begin as the first directions of their layer's weight, made orthonormal (OLoRA,
 * Büyükakyüz 2024): {@code W = Q R}, {@code up} the first columns of {@code Q}, {@code down} the
 * first rows of {@code R}. Their scale is not divided out, as in PEFT.
 */
final class OloraInit {
  private OloraInit() {}

  /** Initial values of down and up. */
  static List<TensorInit> of(Site site, SiteRecipe recipe) {
    requireLinear(site, recipe);
    long rank = recipe.rank();
    Function<Expr, List<Expr>> values =
        weight -> {
          LinalgOps.Qr qr = weight.qr();
          return List.of(qr.r().slice(0, 0, rank), qr.q().slice(1, 0, rank));
        };
    return List.of(new TensorInit.OfWeight(values, 0), new TensorInit.OfWeight(values, 1));
  }

  private static void requireLinear(Site site, SiteRecipe recipe) {
    if (site.kind() != Site.Kind.LINEAR) {
      throw new IllegalArgumentException(
          "init = olora is for linear layers, and "
              + site.name()
              + " "
              + site.weight()
              + " is a convolution; train linear layers alone, for example those of the preset"
              + " attention, or take init = pissa, which is for convolutions too");
    }
    long most = Math.min(site.out(), site.rest());
    if (recipe.rank() > most) {
      throw new IllegalArgumentException(
          "init = olora takes orthonormal directions of the weight, of which "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + most
              + "; the rank "
              + recipe.rank()
              + " is more");
    }
  }
}

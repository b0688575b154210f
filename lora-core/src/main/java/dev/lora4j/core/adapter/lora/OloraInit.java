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
    recipe.requireDirections(site, "init = olora takes orthonormal directions of the weight");
    long rank = recipe.rank();
    Function<Expr, List<Expr>> values =
        weight -> {
          LinalgOps.Qr qr = weight.qr();
          return List.of(qr.r().slice(0, 0, rank), qr.q().slice(1, 0, rank));
        };
    return List.of(new TensorInit.OfWeight(values, 0), new TensorInit.OfWeight(values, 1));
  }
}

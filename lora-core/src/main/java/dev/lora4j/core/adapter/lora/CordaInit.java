package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.nn.Site;
import java.util.List;

/**
 * Factors that begin as singular directions of their layer's weight as its inputs see it (CorDA,
 * Yang et al. 2024), for linear layers. Calibration finds them; until then they have no effect.
 */
final class CordaInit {
  private CordaInit() {}

  /** Initial values of down and up, until the inputs are known. */
  static List<TensorInit> of(Site site, SiteRecipe recipe) {
    recipe.requireDirections(site, "init = corda takes singular directions of the weight");
    return List.of(new TensorInit.Kaiming(), TensorInit.ZEROS);
  }
}

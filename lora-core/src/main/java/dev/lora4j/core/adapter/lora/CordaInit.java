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
    if (site.kind() != Site.Kind.LINEAR) {
      throw new IllegalArgumentException(
          "init = corda is for linear layers, and "
              + site.name()
              + " "
              + site.weight()
              + " is a convolution; train linear layers alone, for example those of the preset"
              + " attention, or take init = pissa, which is for convolutions too");
    }
    long most = Math.min(site.out(), site.in());
    if (recipe.rank() > most) {
      throw new IllegalArgumentException(
          "init = corda takes singular directions of the weight, of which "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + most
              + "; the rank "
              + recipe.rank()
              + " is more");
    }
    return List.of(new TensorInit.Kaiming(), TensorInit.ZEROS);
  }
}

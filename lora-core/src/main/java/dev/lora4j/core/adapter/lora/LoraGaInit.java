package dev.lora4j.core.adapter.lora;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.TensorInit;
import dev.lora4j.core.nn.Site;
import java.util.List;

/**
 * Factors that begin as singular directions of the gradient of their layer's weight (LoRA-GA, Wang
 * et al. 2024). Calibration finds them; until then they have no effect.
 */
final class LoraGaInit {
  private LoraGaInit() {}

  /** Initial values of down and up, until the gradient is known. */
  static List<TensorInit> of(Site site, SiteRecipe recipe) {
    long most = Math.min(site.out(), site.rest());
    if (2 * recipe.rank() > most) {
      throw new IllegalArgumentException(
          "init = lora_ga takes twice as many singular directions of the gradient as the rank, of"
              + " which "
              + site.name()
              + " "
              + site.weight()
              + " has "
              + most
              + "; the rank "
              + recipe.rank()
              + " is more than half of that");
    }
    return List.of(new TensorInit.Kaiming(), TensorInit.ZEROS);
  }
}

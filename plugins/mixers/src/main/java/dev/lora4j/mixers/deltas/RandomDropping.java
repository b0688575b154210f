package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Drops numbers by chance (Yu et al., "Language Models are Super Mario", DARE, ICML 2024).
 *
 * @param density probability of each number to stay
 */
record RandomDropping(double density, Rescale rescale) {
  /** The changes with what is left. */
  List<Expr> changes(SiteDeltas deltas) {
    return deltas.parts().stream().map(this::change).toList();
  }

  private Expr change(SiteDelta part) {
    if (density >= 1) {
      return part.delta();
    }
    Expr stays = Indicator.positive(part.uniform().numbers().neg().add(density));
    Expr probability = part.delta().graph().constant(density, DType.F32);
    return rescale.change(part.delta(), stays, probability);
  }
}

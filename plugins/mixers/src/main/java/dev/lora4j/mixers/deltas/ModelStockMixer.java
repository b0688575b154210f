package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The mean, drawn to the base the more the less the adapters agree (Jang et al., "Model Stock",
 * ECCV 2024, equation 4). What only one adapter changes is no sample of several, and stays.
 */
@Extension(
    point = Mixer.class,
    name = "model-stock",
    help = "The mean of two or more, at each layer the weaker the less they agree.")
public record ModelStockMixer() implements DeltaMixer {
  /** A smaller divisor gives no ratio: changes that oppose each other are taken as none. */
  private static final double NOTHING = 1e-6;

  @Override
  public Optional<String> refuses(List<String> names) {
    return names.size() >= 2
        ? Optional.empty()
        : Optional.of(
            "it measures how far two or more adapters agree, and only "
                + String.join(", ", names)
                + " counts.");
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    int count = deltas.parts().size();
    if (count == 1) {
      return deltas.sum();
    }
    Expr cosine = meanCosine(deltas);
    Expr divisor = cosine.mul(count - 1).add(1);
    Expr none = divisor.abs().lt(NOTHING);
    Expr ratio = cosine.mul(count).div(divisor.maskedFill(none, 1)).maskedFill(none, 0);
    Expr share = ratio.div(count).to(DType.F32);
    return deltas.combined(deltas.parts().stream().map(part -> part.weight().mul(share)).toList());
  }

  /** Mean cosine of all pairs; a negative weight turns a change around. */
  private static Expr meanCosine(SiteDeltas deltas) {
    Cosines cosines = new Cosines(deltas.parts());
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < deltas.parts().size(); i++) {
      for (int j = 0; j < i; j++) {
        all.add(cosines.of(i, j).mul(sign(deltas, i)).mul(sign(deltas, j)));
      }
    }
    return Consensus.sum(all).div(all.size());
  }

  private static Expr sign(SiteDeltas deltas, int part) {
    SiteDelta one = deltas.parts().get(part);
    return one.weight().to(DType.F64).sign();
  }
}

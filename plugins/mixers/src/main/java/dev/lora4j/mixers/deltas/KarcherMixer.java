package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;

/**
 * The direction nearest to those of all adapters on the sphere (Karcher 1977), as long as they are
 * in the mean. Weights are shares: only their ratios count.
 */
@Extension(
    point = Mixer.class,
    name = "karcher",
    help = "The mean of directions on the sphere, and of lengths; slerp for any number.")
public record KarcherMixer(
    @Setting(help = "steps to the mean at most", defaultValue = "10", min = 1, max = 100) int steps)
    implements DeltaMixer {
  /** Checks the weights, layer by layer: none is negative. */
  @Override
  public double[] survey(DeltaSurvey survey) {
    MixerArguments.refuseNegativeWeights(
        survey,
        "weights are shares of a mean, so that none is negative",
        "take another mixer, or leave it out");
    return new double[0];
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<Expr> shares = shares(deltas);
    return deltas.combined(
        new SphericalMean(new Cosines(deltas.parts()), shares)
            .coefficients(steps).stream().map(c -> c.to(DType.F32)).toList());
  }

  /** Shares of all weights, those of adapters without a change here too: they change it by 0. */
  private static List<Expr> shares(SiteDeltas deltas) {
    Expr all = deltas.weights().to(DType.F64).sum();
    return deltas.parts().stream().map(p -> p.weight().to(DType.F64).div(all)).toList();
  }
}

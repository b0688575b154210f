package dev.lora4j.mixers.deltas;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.mixer.Coordinates;
import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.ArrayList;
import java.util.List;

/**
 * Mixing in a basis that the adapters share at each layer (Stoica et al., "Model merging with SVD
 * to tie the Knots", ICLR 2025). Biases and norms, which have no directions, are mixed as they are.
 */
@Extension(
    point = Mixer.class,
    name = "knots",
    help =
        "As TIES, DARE with TIES or a mean, in directions that the adapters share at each layer.")
public record KnotsMixer(
    @Setting(help = "rule that mixes the adapters in these directions", defaultValue = "ties")
        AlignedRule rule,
    @Setting(
            help = "share of each adapter's numbers that is kept; in DARE the probability",
            defaultValue = "0.2",
            above = 0,
            max = 1)
        double density,
    @Setting(help = "what the result is multiplied by", defaultValue = "1") double lambda)
    implements DeltaMixer {
  /** Checks the density. */
  public KnotsMixer {
    MixerArguments.requireDensity(density);
  }

  @Override
  public double[] survey(DeltaSurvey survey) {
    return rule.trims() && density < 1
        ? survey.thresholds(density, KnotsMixer::coordinates)
        : new double[0];
  }

  private static boolean matrices(List<SiteDelta> parts) {
    return parts.get(0).delta().shape().rank() == 2;
  }

  private static Coordinates coordinates(List<SiteDelta> parts) {
    if (matrices(parts)) {
      return SharedBasis.of(parts).coordinates(parts);
    }
    Expr first = parts.get(0).delta();
    return new Coordinates(
        parts.stream().map(SiteDelta::delta).toList(),
        first.graph().constant((double) first.shape().elements(), DType.F64));
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<SiteDelta> parts = deltas.parts();
    if (!matrices(parts)) {
      return new MixedDelta.Dense(rule.blend(deltas, density).mul(lambda));
    }
    SharedBasis basis = SharedBasis.of(parts);
    List<Expr> coordinates = basis.coordinates(parts).parts();
    List<SiteDelta> aligned = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      aligned.add(aligned(parts.get(i), coordinates.get(i)));
    }
    SiteDeltas inside = SiteDeltas.of(deltas.weights(), aligned, deltas.numbers());
    Expr down = rule.blend(inside, density);
    Expr up = basis.vectors().to(DType.F32).mul(lambda);
    // A product with as many directions as the layer has would be larger than the change.
    return parts.stream().allMatch(part -> part.factors().isPresent())
        ? new MixedDelta.Product(new LowRank(down, up))
        : new MixedDelta.Dense(up.matmul(down));
  }

  /** Coordinates as a change; there are at most as many directions as rows to draw for. */
  private static SiteDelta aligned(SiteDelta part, Expr coordinates) {
    SiteDelta.Draw rows = () -> part.uniform().numbers().narrow(0, Dim.of(0), coordinates.dim(0));
    return SiteDelta.of(part.adapter(), coordinates, part.weight(), rows);
  }
}

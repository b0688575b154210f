package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaMixer;
import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.MixedDelta;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.Setting;
import java.util.List;
import java.util.Optional;

/**
 * Spherical interpolation of two adapters, on the arc between them (Shoemake 1985), and on the line
 * where the arc has no direction: they are nearly parallel, or only one of them changes a layer.
 */
@Extension(
    point = Mixer.class,
    name = "slerp",
    help = "Between exactly two adapters, on the arc instead of the line.")
public record SlerpMixer(
    @Setting(
            help =
                "place between the first, 0, and the second, 1; -1: the second's share of the"
                    + " weights",
            defaultValue = "-1",
            min = -1,
            max = 1)
        double t)
    implements DeltaMixer {
  /** Nearer to 1, in magnitude, a cosine is that of parallel changes. */
  private static final double PARALLEL = 0.9995;

  /** Checks the place. */
  public SlerpMixer {
    if (!(t == -1 || (t >= 0 && t <= 1))) {
      throw new IllegalArgumentException(
          "t is from 0 to 1, or -1 for the second adapter's share of the weights, found " + t);
    }
  }

  private boolean byWeights() {
    return t == -1;
  }

  @Override
  public Optional<String> refuses(List<String> names) {
    return names.size() == 2
        ? Optional.empty()
        : Optional.of(
            "it goes from one adapter to another, exactly two; those that count are "
                + String.join(", ", names)
                + ".");
  }

  /** Checks the weights, layer by layer: none of those that decide is negative. */
  @Override
  public double[] survey(DeltaSurvey survey) {
    if (byWeights()) {
      MixerArguments.refuseNegativeWeights(
          survey,
          "weights that decide the place between two adapters are not negative",
          "set t, which leaves weights their strength");
    }
    return new double[0];
  }

  @Override
  public MixedDelta mix(SiteDeltas deltas) {
    List<SiteDelta> parts = deltas.parts();
    Expr place = place(deltas);
    if (parts.size() == 1) {
      SiteDelta one = parts.get(0);
      Expr share = one.adapter() == 0 ? rest(place) : place;
      return deltas.combined(List.of(strength(one).mul(share.to(DType.F32))));
    }
    Expr signs = strength(parts.get(0)).mul(strength(parts.get(1))).sign().to(DType.F64);
    Expr cosine = new Cosines(parts).of(0, 1).mul(signs);
    Expr line = cosine.abs().gt(PARALLEL);
    Expr angle = cosine.maskedFill(line, 0).acos();
    Expr first = rest(place).where(line, rest(place).mul(angle).sin().div(angle.sin()));
    Expr second = place.where(line, place.mul(angle).sin().div(angle.sin()));
    return deltas.combined(
        List.of(
            strength(parts.get(0)).mul(first.to(DType.F32)),
            strength(parts.get(1)).mul(second.to(DType.F32))));
  }

  private static Expr rest(Expr place) {
    return place.neg().add(1);
  }

  /** Factor of a change before anything else. */
  private Expr strength(SiteDelta part) {
    return byWeights() ? part.weight().graph().constant(1, DType.F32) : part.weight();
  }

  private Expr place(SiteDeltas deltas) {
    if (!byWeights()) {
      return deltas.numbers().graph().constant(t, DType.F64);
    }
    Expr second = deltas.weight(1);
    return second.to(DType.F64).div(deltas.weight(0).add(second).to(DType.F64));
  }
}

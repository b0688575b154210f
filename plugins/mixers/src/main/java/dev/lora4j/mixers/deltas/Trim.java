package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.DeltaSurvey;
import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.mixer.SiteDeltas;
import dev.lora4j.core.tensor.Expr;
import java.util.List;

/** Scope in which an adapter's greatest numbers are found. */
public enum Trim {
  /** All its parameters together, as in the paper of TIES. */
  MODEL,
  /** Each parameter by itself, as in mergekit and PEFT. */
  TENSOR;

  /** Thresholds of the adapters from the survey, for {@link #changes}. */
  double[] survey(DeltaSurvey survey, double density) {
    double[] thresholds = new double[this == MODEL && density < 1 ? survey.adapters() : 0];
    for (int i = 0; i < thresholds.length; i++) {
      thresholds[i] = survey.threshold(i, density);
    }
    return thresholds;
  }

  /** The changes with all but the greatest numbers of a share {@code density} 0. */
  List<Expr> changes(SiteDeltas deltas, double density) {
    return deltas.parts().stream().map(part -> change(deltas, part, density)).toList();
  }

  private Expr change(SiteDeltas deltas, SiteDelta part, double density) {
    Expr delta = part.delta();
    if (density >= 1) {
      return delta;
    }
    Expr size = delta.abs();
    Expr least = this == MODEL ? deltas.number(part.adapter()) : greatest(size, density);
    return delta.mul(Indicator.atLeast(size, least));
  }

  /** The least of the greatest numbers. */
  private static Expr greatest(Expr size, double density) {
    long count = size.shape().elements();
    long kept = Math.max(1, (long) (density * count));
    return OrderStatistic.at(size, count - kept + 1);
  }
}

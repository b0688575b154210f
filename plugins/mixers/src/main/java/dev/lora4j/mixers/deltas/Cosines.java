package dev.lora4j.mixers.deltas;

import dev.lora4j.core.mixer.SiteDelta;
import dev.lora4j.core.tensor.Expr;
import java.util.ArrayList;
import java.util.List;

/** Lengths of changes at weight 1 and the angles between them, all scalars, F64. */
final class Cosines {
  private final List<SiteDelta> parts;
  private final List<Expr> lengths = new ArrayList<>();

  Cosines(List<SiteDelta> parts) {
    this.parts = parts;
    for (SiteDelta part : parts) {
      // Rounding must not make a square negative.
      lengths.add(part.product(part).clampMin(0).sqrt());
    }
  }

  Expr length(int part) {
    return lengths.get(part);
  }

  /** From -1 to 1; 0 where one of them is 0. */
  Expr of(int a, int b) {
    Expr lengths = length(a).mul(length(b));
    Expr none = lengths.eq(0);
    Expr cosine = parts.get(a).product(parts.get(b)).div(lengths.maskedFill(none, 1));
    return cosine.maskedFill(none, 0).clamp(-1, 1);
  }
}

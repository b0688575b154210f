package dev.lora4j.core.bake;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Result of a bake.
 *
 * @param changed the parameters that are not as in the base
 * @param copied tensors whose bytes are those of the base
 * @param converted other tensors, whose numbers are those of the base in another type
 * @param leftOut files of a model's folder that hold the same weights in another form, and were not
 *     copied as they would no longer be the same
 */
public record BakeReport(
    Path output, List<BakedParameter> changed, long copied, long converted, List<Path> leftOut) {
  /** Copies its lists. */
  public BakeReport {
    changed = List.copyOf(changed);
    leftOut = List.copyOf(leftOut);
  }

  /** Rounding error as a share of all changes: root of the sums of squares. */
  public double loss() {
    double change = changed.stream().mapToDouble(p -> p.change() * p.change()).sum();
    double rounding = changed.stream().mapToDouble(p -> p.rounding() * p.rounding()).sum();
    return change == 0 ? 0 : Math.sqrt(rounding / change);
  }

  /** The parameter of which rounding left least. */
  public Optional<BakedParameter> worst() {
    return changed.stream().max(Comparator.comparingDouble(BakedParameter::loss));
  }

  /** The greatest {@link BakedParameter#probe}. */
  public double probe() {
    return changed.stream().mapToDouble(BakedParameter::probe).max().orElse(0);
  }
}

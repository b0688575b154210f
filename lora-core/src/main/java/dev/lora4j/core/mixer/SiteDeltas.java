package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.LowRank;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.ShapeOps;
import java.util.ArrayList;
import java.util.List;

/**
 * Changes to blend at one parameter, in a program that is being staged.
 *
 * @param weights of all adapters at this parameter, also of those that do not change it, F32
 *     [adapters]
 * @param parts the changes of those that do, in the order of the adapters; at least one
 * @param numbers what {@link DeltaMixer#survey} gave, F32 [n]
 * @param sum the exact weighted sum: a product of two factors where all changes have one. A mixer
 *     that gives back this very value has it computed by the factors, in which nothing is lost
 */
public record SiteDeltas(Expr weights, List<SiteDelta> parts, Expr numbers, MixedDelta sum) {
  /** Copies the list. */
  public SiteDeltas {
    parts = List.copyOf(parts);
  }

  /** Creates the deltas of these changes, with their weighted sum. */
  public static SiteDeltas of(Expr weights, List<SiteDelta> parts, Expr numbers) {
    return new SiteDeltas(
        weights, parts, numbers, combined(parts, parts.stream().map(SiteDelta::weight).toList()));
  }

  /** Number of blended adapters, including those that do not change this parameter. */
  public int adapters() {
    return Math.toIntExact(weights.shape().size(0));
  }

  /**
   * The weight of an adapter at this parameter, a scalar: 0 where none of it counts, and its own
   * where it has no change.
   */
  public Expr weight(int adapter) {
    return weights.select(0, adapter);
  }

  /** One of the numbers of the survey, a scalar. */
  public Expr number(int i) {
    return numbers.slice(0, i, i + 1).reshape(new long[0]);
  }

  /**
   * The sum of the changes at weight 1, each times a number: a product of two factors where all of
   * them have one, so that nothing is lost.
   *
   * @param coefficients scalars, F32, one for each part
   */
  public MixedDelta combined(List<Expr> coefficients) {
    if (coefficients.size() != parts.size()) {
      throw new IllegalArgumentException(
          "there are " + parts.size() + " changes and " + coefficients.size() + " coefficients");
    }
    return combined(parts, coefficients);
  }

  private static MixedDelta combined(List<SiteDelta> parts, List<Expr> coefficients) {
    if (parts.stream().allMatch(part -> part.factors().isPresent())) {
      List<Expr> downs = new ArrayList<>();
      List<Expr> ups = new ArrayList<>();
      for (int i = 0; i < parts.size(); i++) {
        LowRank pair = parts.get(i).factors().orElseThrow();
        downs.add(pair.down());
        ups.add(pair.up().mul(coefficients.get(i)));
      }
      return new MixedDelta.Product(new LowRank(ShapeOps.cat(downs, 0), ShapeOps.cat(ups, 1)));
    }
    List<Expr> all = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      all.add(parts.get(i).delta().mul(coefficients.get(i)));
    }
    return new MixedDelta.Dense(all.stream().reduce(Expr::add).orElseThrow());
  }
}

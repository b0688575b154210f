package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * What is to be blended at one parameter, in a program that is being staged.
 *
 * @param adapters how many adapters are blended, also those that do not change this parameter
 * @param parts the changes of those that do, in the order of the adapters; at least one
 * @param numbers what {@link DeltaMixer#survey} gave, F32 [n]
 * @param sum the exact weighted sum: a product of two factors where all changes have one. A mixer
 *     that gives back this very value has it computed by the factors, in which nothing is lost
 */
public record SiteDeltas(int adapters, List<SiteDelta> parts, Expr numbers, SiteChange sum) {
  /** Copies the list. */
  public SiteDeltas {
    parts = List.copyOf(parts);
  }

  /** One of the numbers of the survey, a scalar. */
  public Expr number(int i) {
    return numbers.slice(0, i, i + 1).reshape(new long[0]);
  }
}

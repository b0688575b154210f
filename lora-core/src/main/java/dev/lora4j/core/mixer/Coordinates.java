package dev.lora4j.core.mixer;

import dev.lora4j.core.tensor.Expr;
import java.util.List;

/**
 * Numbers that stand for the changes at a parameter: their coordinates in a basis that a mixer
 * takes in the place of the changes' own numbers.
 *
 * @param parts numbers of each part, in the order of the parts, F32
 * @param count how many numbers a part has, a scalar, F64: numbers of a part beyond these are 0 and
 *     stand for nothing
 */
public record Coordinates(List<Expr> parts, Expr count) {
  /** A basis, at one parameter. */
  @FunctionalInterface
  public interface Basis {
    /** Stages the coordinates of changes at weight 1, whose random numbers are not to be asked. */
    Coordinates of(List<SiteDelta> parts);
  }

  /** Copies the list. */
  public Coordinates {
    parts = List.copyOf(parts);
  }
}

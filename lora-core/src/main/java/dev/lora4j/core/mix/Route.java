package dev.lora4j.core.mix;

import java.util.Arrays;
import java.util.Optional;

/** Route of a model's adapters: merged into its weights, or unmerged at run time. */
public enum Route {
  /** Whichever is estimated to take less time, by {@link RouteCost}. */
  AUTO("auto"),
  /** Merged into the weights: no cost per step, but a changed weight is merged again. */
  MERGED("patched"),
  /** Unmerged, where the method can: a little per step, and nothing when a weight changes. */
  UNMERGED("beside");

  private final String recorded;

  Route(String recorded) {
    this.recorded = recorded;
  }

  /** The name in the records of pictures, which stays as it is, so that old files read. */
  public String recorded() {
    return recorded;
  }

  /** The route of a name, in any case, or of a name in records. */
  public static Optional<Route> of(String name) {
    return Arrays.stream(values())
        .filter(r -> r.name().equalsIgnoreCase(name) || r.recorded.equalsIgnoreCase(name))
        .findFirst();
  }
}

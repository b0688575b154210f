package dev.lora4j.core.train.schedule;

import dev.lora4j.core.spi.NearestNames;
import java.util.List;

/** The decays that there are, by name, each with the defaults of diffusers. */
public final class Decays {
  private static final List<Decay> ALL =
      List.of(
          new Constant(false),
          new Constant(true),
          new Linear(),
          new Cosine(),
          new CosineWithRestarts(1),
          new Polynomial(1));

  private Decays() {}

  /** All decays. */
  public static List<Decay> all() {
    return ALL;
  }

  /**
   * The decay called {@code name}.
   *
   * @throws IllegalArgumentException naming the nearest and all, if there is none
   */
  public static Decay named(String name) {
    List<String> names = ALL.stream().map(Decay::name).toList();
    return ALL.stream()
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "There is no schedule '"
                        + name
                        + "', the nearest is '"
                        + NearestNames.of(name, names, 1).get(0)
                        + "'; there are "
                        + String.join(", ", names)
                        + "."));
  }
}

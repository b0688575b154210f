package dev.lora4j.diffusion.sampling;

import java.util.List;

/** The samplers that there are, by name. */
public final class Samplers {
  private static final List<Sampler> ALL =
      List.of(
          new Ddim(),
          new Ddpm(),
          new Euler(),
          new EulerAncestral(),
          new Heun(),
          new DpmPlusPlus2M(false),
          new DpmPlusPlus2M(true),
          new UniPc(),
          new Lcm());

  private Samplers() {}

  /** All samplers. */
  public static List<Sampler> all() {
    return ALL;
  }

  /**
   * The sampler called {@code name}.
   *
   * @throws IllegalArgumentException naming the nearest and all, if there is none
   */
  public static Sampler named(String name) {
    return ALL.stream()
        .filter(s -> s.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> Choice.unknown("sampler", name, ALL.stream().map(Sampler::name).toList()));
  }
}

package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.sampling.Sampler;
import dev.lora4j.diffusion.sampling.Samplers;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/**
 * A sampler as A1111 calls it.
 *
 * @param name shown in lists
 * @param aliases other names that are taken
 * @param sampler name here
 * @param schedule name of the scheduler that the sampler has by itself; empty for that of the base
 * @param eta share of new noise in each step, where A1111 lets it be changed
 */
record SamplerName(
    String name, List<String> aliases, String sampler, String schedule, OptionalDouble eta) {
  private static final OptionalDouble FIXED = OptionalDouble.empty();

  private static final List<SamplerName> KNOWN =
      List.of(
          known("Euler a", List.of("k_euler_a", "k_euler_ancestral"), "euler-a", "", 1),
          new SamplerName("Euler", List.of("k_euler"), "euler", "", FIXED),
          new SamplerName("Heun", List.of("k_heun"), "heun", "", FIXED),
          new SamplerName("DPM++ 2M", List.of("k_dpmpp_2m"), "dpmpp-2m", "karras", FIXED),
          known("DPM++ 2M SDE", List.of("k_dpmpp_2m_sde"), "dpmpp-2m-sde", "exponential", 1),
          known("DDIM", List.of("ddim"), "ddim", "", 0),
          new SamplerName("DDPM", List.of("ddpm"), "ddpm", "", FIXED),
          new SamplerName("UniPC", List.of("unipc"), "unipc", "", FIXED),
          new SamplerName("LCM", List.of("k_lcm"), "lcm", "", FIXED));

  /** Copies the list. */
  SamplerName {
    aliases = List.copyOf(aliases);
  }

  private static SamplerName known(
      String name, List<String> aliases, String sampler, String schedule, double eta) {
    return new SamplerName(name, aliases, sampler, schedule, OptionalDouble.of(eta));
  }

  /** All samplers that are installed; those that A1111 does not have go by their names here. */
  static List<SamplerName> all() {
    List<String> installed = Samplers.all().stream().map(Sampler::name).toList();
    List<SamplerName> all = new ArrayList<>();
    KNOWN.stream().filter(one -> installed.contains(one.sampler)).forEach(all::add);
    List<String> known = KNOWN.stream().map(SamplerName::sampler).toList();
    installed.stream()
        .filter(own -> !known.contains(own))
        .forEach(own -> all.add(new SamplerName(own, List.of(), own, "", FIXED)));
    return all;
  }

  /** The sampler of a name, in any case. */
  static Optional<SamplerName> find(String name) {
    return all().stream()
        .filter(
            one ->
                Stream.concat(Stream.of(one.name, one.sampler), one.aliases.stream())
                    .anyMatch(name::equalsIgnoreCase))
        .findFirst();
  }
}

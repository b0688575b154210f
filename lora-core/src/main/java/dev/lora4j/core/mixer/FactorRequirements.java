package dev.lora4j.core.mixer;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.nn.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Check that adapters have the factors that a mixer needs. */
final class FactorRequirements {
  /** Number of problems shown; more of them would repeat the message. */
  private static final int SHOWN = 3;

  private FactorRequirements() {}

  /**
   * Refuses adapters without them.
   *
   * @param mixer its name, for messages
   * @throws AdapterException naming adapters, layers and what was found there
   */
  static void check(String mixer, MixerRequirement needs, Mixture mixture) {
    if (needs == MixerRequirement.CHANGES) {
      return;
    }
    List<String> problems = new ArrayList<>();
    for (MixedParameter parameter : mixture.parameters()) {
      List<String> own = new ArrayList<>();
      for (MixedParameter.Part part : parameter.parts()) {
        found(parameter, part)
            .map(what -> name(mixture, part) + " has " + what)
            .ifPresent(own::add);
      }
      if (own.isEmpty() && needs == MixerRequirement.FACTORS_OF_ONE_RANK) {
        ranks(mixture, parameter).ifPresent(own::add);
      }
      own.forEach(problem -> problems.add(problem + " at " + parameter.name()));
    }
    if (!problems.isEmpty()) {
      int more = problems.size() - SHOWN;
      throw new AdapterException(
          "The mixer "
              + mixer
              + " with these settings takes the stored factors of LoRA, one LoRA for the weight of a"
              + " linear layer or a convolution"
              + (needs == MixerRequirement.FACTORS_OF_ONE_RANK ? ", all of one rank there" : "")
              + ": "
              + String.join("; ", problems.subList(0, Math.min(SHOWN, problems.size())))
              + (more > 0 ? "; and " + more + " more" : "")
              + ". Without them it mixes the changes, whatever they are made of.");
    }
  }

  /** Description of factors that are not one plain LoRA; empty if they are. */
  private static Optional<String> found(MixedParameter parameter, MixedParameter.Part part) {
    Site.Kind kind = parameter.site().kind();
    if (part.factors().size() > 1) {
      return Optional.of(part.factors().size() + " changes");
    }
    Factors factors = part.factors().get(0);
    if (!factors.method().equals(LoraMethod.NAME)) {
      return Optional.of(factors.method());
    }
    if (kind != Site.Kind.LINEAR && kind != Site.Kind.CONVOLUTION) {
      return Optional.of("LoRA of an embedding");
    }
    return factors.tensors().keySet().equals(Set.of(LoraMethod.DOWN, LoraMethod.UP))
        ? Optional.empty()
        : Optional.of("LoRA with " + String.join(", ", factors.tensors().keySet()));
  }

  private static Optional<String> ranks(Mixture mixture, MixedParameter parameter) {
    List<String> ranks = new ArrayList<>();
    for (MixedParameter.Part part : parameter.parts()) {
      ranks.add(name(mixture, part) + " has rank " + rank(part));
    }
    boolean same =
        parameter.parts().stream().mapToLong(FactorRequirements::rank).distinct().count() == 1;
    return same ? Optional.empty() : Optional.of(String.join(", ", ranks));
  }

  /** The rank of a part that is one plain LoRA. */
  static long rank(MixedParameter.Part part) {
    return part.factors().get(0).tensor(LoraMethod.DOWN).shape().size(0);
  }

  private static String name(Mixture mixture, MixedParameter.Part part) {
    Adapter adapter = mixture.adapters().get(part.adapter());
    return adapter.name();
  }
}

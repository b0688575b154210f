package dev.lora4j.diffusion.request;

import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.sampling.Samplers;
import java.util.Map;
import java.util.Optional;

/**
 * Use of an adapter that makes pictures in few steps, as its header states it.
 *
 * @param sampler name of the sampler that it was made for
 * @param steps number of steps that it was made for
 * @param guidance guidance scale; at 1 pictures take one run of the denoiser per step
 */
public record FewSteps(String sampler, int steps, double guidance) {
  /** Use of adapters that consistency distillation (Song et al. 2023) trained. */
  public static final FewSteps LCM = new FewSteps(Samplers.LCM.name(), 4, 1);

  private static final MetadataKey<String> SAMPLER = MetadataKey.text("lora4j_sampler");
  private static final MetadataKey<Long> STEPS = MetadataKey.whole("lora4j_steps");
  private static final MetadataKey<Double> GUIDANCE = MetadataKey.number("lora4j_guidance");
  private static final int MOST_STEPS = 1000;
  private static final double MOST_GUIDANCE = 100;

  /** Use that a header states; empty if it states none, or one that cannot be. */
  public static Optional<FewSteps> of(Map<String, String> header) {
    Metadata all = new Metadata(header);
    Optional<String> sampler = all.get(SAMPLER).filter(FewSteps::installed);
    Optional<Long> steps = all.get(STEPS).filter(n -> n >= 1 && n <= MOST_STEPS);
    Optional<Double> guidance = all.get(GUIDANCE).filter(g -> g >= 0 && g <= MOST_GUIDANCE);
    return sampler.isPresent() && steps.isPresent() && guidance.isPresent()
        ? Optional.of(new FewSteps(sampler.get(), Math.toIntExact(steps.get()), guidance.get()))
        : Optional.empty();
  }

  /**
   * Use that the adapters of a picture state: that of the first whose weight is not 0 and that
   * states one.
   */
  public static Optional<FewSteps> of(MixPlan mix) {
    return mix.parts().stream()
        .filter(part -> part.weight().value() != 0)
        .flatMap(part -> of(part.adapter().metadata()).stream())
        .findFirst();
  }

  private static boolean installed(String sampler) {
    return Samplers.all().stream().anyMatch(s -> s.name().equals(sampler));
  }

  /** Entries of a header. */
  public Metadata metadata() {
    return Metadata.EMPTY
        .with(SAMPLER, sampler)
        .with(STEPS, (long) steps)
        .with(GUIDANCE, guidance)
        .with(ModelSpecKeys.USAGE_HINT, text());
  }

  /** A copy of a prompt with this sampler, number of steps and guidance scale. */
  public Prompt apply(Prompt prompt) {
    return prompt.sampler(sampler).steps(steps).guidance(guidance);
  }

  /** A copy of a prompt with those of the three that it does not name itself. */
  public Prompt complete(Prompt prompt) {
    Prompt all = prompt.sampler().isEmpty() ? prompt.sampler(sampler) : prompt;
    all = prompt.namedSteps().isPresent() ? all : all.steps(steps);
    return prompt.guidance().isPresent() ? all : all.guidance(guidance);
  }

  /** Description for people. */
  public String text() {
    String scale = guidance == Math.rint(guidance) ? "" + (long) guidance : "" + guidance;
    return "sampler " + sampler + ", " + steps + " steps, guidance " + scale;
  }
}

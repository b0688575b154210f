package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A class of diffusers' schedulers for models such as Stable Diffusion, with what it takes where
 * its configuration is silent.
 *
 * @param sampler the sampler that it is, or else the nearest
 * @param same whether it is that sampler
 */
record SchedulerClass(
    String name,
    double betaStart,
    double betaEnd,
    Betas betas,
    Spacing spacing,
    boolean toOne,
    Sampler sampler,
    boolean same) {
  private static final List<SchedulerClass> ALL =
      List.of(
          pixels("DDIM", Spacing.LEADING, true).as(Samplers.DDIM),
          pixels("DDIMParallel", Spacing.LEADING, true).as(Samplers.DDIM),
          pixels("DDPM", Spacing.LEADING, true).as(Samplers.DDPM),
          pixels("DDPMParallel", Spacing.LEADING, true).as(Samplers.DDPM),
          pixels("PNDM", Spacing.LEADING, false).near(Samplers.DPMPP_2M),
          pixels("LMSDiscrete", Spacing.LINSPACE, true).near(Samplers.DPMPP_2M),
          pixels("EulerDiscrete", Spacing.LINSPACE, true).as(Samplers.EULER),
          pixels("EulerAncestralDiscrete", Spacing.LINSPACE, true).as(Samplers.EULER_A),
          latents("HeunDiscrete", Betas.LINEAR, Spacing.LINSPACE).as(Samplers.HEUN),
          pixels("DPMSolverMultistep", Spacing.LINSPACE, true).as(Samplers.DPMPP_2M),
          pixels("DPMSolverSinglestep", Spacing.LINSPACE, true).near(Samplers.DPMPP_2M),
          latents("DPMSolverSDE", Betas.LINEAR, Spacing.LINSPACE).near(Samplers.DPMPP_2M_SDE),
          latents("KDPM2Discrete", Betas.LINEAR, Spacing.LINSPACE).near(Samplers.HEUN),
          latents("KDPM2AncestralDiscrete", Betas.LINEAR, Spacing.LINSPACE).near(Samplers.EULER_A),
          pixels("UniPCMultistep", Spacing.LINSPACE, true).as(Samplers.UNIPC),
          pixels("DEISMultistep", Spacing.LINSPACE, true).near(Samplers.DPMPP_2M),
          pixels("SASolver", Spacing.LINSPACE, true).near(Samplers.DPMPP_2M_SDE),
          latents("LCM", Betas.SCALED_LINEAR, Spacing.LEADING).as(Samplers.LCM),
          latents("TCD", Betas.SCALED_LINEAR, Spacing.LEADING).as(Samplers.TCD),
          flow("FlowMatchEulerDiscrete").as(Samplers.EULER),
          flow("FlowMatchHeunDiscrete").as(Samplers.HEUN),
          flow("FlowMatchLCM").near(Samplers.EULER));

  /** Class of a file that names none: Stable Diffusion's. */
  static final SchedulerClass UNNAMED = latents("", Betas.SCALED_LINEAR, Spacing.LEADING);

  private static SchedulerClass pixels(String name, Spacing spacing, boolean toOne) {
    return new SchedulerClass(
        name + "Scheduler", 0.0001, 0.02, Betas.LINEAR, spacing, toOne, Samplers.DDIM, true);
  }

  private static SchedulerClass latents(String name, Betas betas, Spacing spacing) {
    return new SchedulerClass(
        name + "Scheduler", 0.00085, 0.012, betas, spacing, true, Samplers.DDIM, true);
  }

  /** Class of a flow, whose levels do not depend on betas. */
  private static SchedulerClass flow(String name) {
    return latents(name, Betas.SCALED_LINEAR, Spacing.LEADING);
  }

  private SchedulerClass as(Sampler other) {
    return new SchedulerClass(name, betaStart, betaEnd, betas, spacing, toOne, other, true);
  }

  private SchedulerClass near(Sampler other) {
    return new SchedulerClass(name, betaStart, betaEnd, betas, spacing, toOne, other, false);
  }

  /** The class of this name, if it is for such models. */
  static Optional<SchedulerClass> named(String name) {
    return name.isEmpty()
        ? Optional.of(UNNAMED)
        : ALL.stream().filter(c -> c.name().equals(name)).findFirst();
  }

  /** All names, for messages. */
  static String names() {
    return ALL.stream().map(SchedulerClass::name).collect(Collectors.joining(", "));
  }

  /** True for a flow: networks with it go from noise to pictures along straight lines. */
  boolean straight() {
    return name.startsWith("FlowMatch");
  }
}

package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A class of diffusers' schedulers for models such as Stable Diffusion, with what it takes where
 * its configuration is silent.
 */
record SchedulerClass(
    String name, double betaStart, double betaEnd, Betas betas, Spacing spacing, boolean toOne) {
  private static final List<SchedulerClass> ALL =
      List.of(
          pixels("DDIM", Spacing.LEADING, true),
          pixels("DDIMParallel", Spacing.LEADING, true),
          pixels("DDPM", Spacing.LEADING, true),
          pixels("DDPMParallel", Spacing.LEADING, true),
          pixels("PNDM", Spacing.LEADING, false),
          pixels("LMSDiscrete", Spacing.LINSPACE, true),
          pixels("EulerDiscrete", Spacing.LINSPACE, true),
          pixels("EulerAncestralDiscrete", Spacing.LINSPACE, true),
          latents("HeunDiscrete", Betas.LINEAR, Spacing.LINSPACE),
          pixels("DPMSolverMultistep", Spacing.LINSPACE, true),
          pixels("DPMSolverSinglestep", Spacing.LINSPACE, true),
          latents("DPMSolverSDE", Betas.LINEAR, Spacing.LINSPACE),
          latents("KDPM2Discrete", Betas.LINEAR, Spacing.LINSPACE),
          latents("KDPM2AncestralDiscrete", Betas.LINEAR, Spacing.LINSPACE),
          pixels("UniPCMultistep", Spacing.LINSPACE, true),
          pixels("DEISMultistep", Spacing.LINSPACE, true),
          pixels("SASolver", Spacing.LINSPACE, true),
          latents("LCM", Betas.SCALED_LINEAR, Spacing.LEADING),
          latents("TCD", Betas.SCALED_LINEAR, Spacing.LEADING),
          flow("FlowMatchEulerDiscrete"),
          flow("FlowMatchHeunDiscrete"),
          flow("FlowMatchLCM"));

  /** Class of a file that names none: Stable Diffusion's. */
  static final SchedulerClass UNNAMED = latents("", Betas.SCALED_LINEAR, Spacing.LEADING);

  private static SchedulerClass pixels(String name, Spacing spacing, boolean toOne) {
    return new SchedulerClass(name + "Scheduler", 0.0001, 0.02, Betas.LINEAR, spacing, toOne);
  }

  private static SchedulerClass latents(String name, Betas betas, Spacing spacing) {
    return new SchedulerClass(name + "Scheduler", 0.00085, 0.012, betas, spacing, true);
  }

  /** Class of a flow, whose levels do not depend on betas. */
  private static SchedulerClass flow(String name) {
    return latents(name, Betas.SCALED_LINEAR, Spacing.LEADING);
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

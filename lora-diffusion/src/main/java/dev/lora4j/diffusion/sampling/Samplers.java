package dev.lora4j.diffusion.sampling;

import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.List;

/**
 * Catalogue of samplers: this library's as constants, and all that are installed, also those of
 * plug-ins, by name.
 */
public final class Samplers {
  /** Deterministic denoising diffusion (Song et al. 2021). */
  public static final Sampler DDIM = new Ddim();

  /** Ancestral denoising diffusion (Ho et al. 2020). */
  public static final Sampler DDPM = new Ddpm();

  /** First-order solver of the probability-flow equation (Karras et al. 2022). */
  public static final Sampler EULER = new Euler();

  /** Euler with new noise at each step (k-diffusion). */
  public static final Sampler EULER_A = new EulerAncestral();

  /** Second-order solver, two runs of the denoiser per step (Karras et al. 2022). */
  public static final Sampler HEUN = new Heun();

  /** DPM-Solver++, second-order multistep (Lu et al. 2022). */
  public static final Sampler DPMPP_2M = new DpmPlusPlus2M();

  /** DPM-Solver++ with new noise at each step. */
  public static final Sampler DPMPP_2M_SDE = new DpmPlusPlus2MSde();

  /** Unified predictor and corrector (Zhao et al. 2023). */
  public static final Sampler UNIPC = new UniPc();

  /** Latent consistency, for denoisers distilled to it (Luo et al. 2023). */
  public static final Sampler LCM = new Lcm();

  /** Trajectory consistency, for denoisers distilled to it (Zheng et al. 2024). */
  public static final Sampler TCD = new Tcd();

  private Samplers() {}

  /** All samplers, by name. */
  public static List<Sampler> all() {
    return List.copyOf(Extensions.installed().shared(Sampler.class).values());
  }

  /**
   * The sampler called {@code name}.
   *
   * @throws ExtensionException naming the nearest and all, if there is none
   */
  public static Sampler named(String name) {
    return Extensions.installed().shared(Sampler.class, name);
  }

  /**
   * Refuses a sampler that could not be found again by its name, which is all that a request and a
   * picture's file have of it.
   *
   * @throws IllegalArgumentException if none, or another one, is installed under its name
   */
  public static void requireInstalled(Sampler sampler) {
    Sampler found = named(sampler.name());
    if (!found.getClass().equals(sampler.getClass())) {
      throw new IllegalArgumentException(
          "The sampler '"
              + sampler.name()
              + "' is "
              + found.getClass().getName()
              + " here, and not "
              + sampler.getClass().getName()
              + "; give yours another name, and install it as an extension.");
    }
  }
}

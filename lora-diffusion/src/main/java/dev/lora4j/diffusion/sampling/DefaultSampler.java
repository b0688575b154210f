package dev.lora4j.diffusion.sampling;

import java.util.Optional;

/**
 * Sampler that a base's scheduler configuration stands for.
 *
 * @param sampler the class that the file names, or else the nearest
 * @param note why it is another than the file's, as a sentence; absent if it is the file's
 */
public record DefaultSampler(Sampler sampler, Optional<String> note) {
  private static final String STOCHASTIC = "sde-dpmsolver++";
  private static final String MULTISTEP = "dpmsolver++";

  /**
   * The sampler of a configuration.
   *
   * @param unnamed the sampler where the configuration names no class
   */
  public static DefaultSampler of(SchedulerConfig config, Sampler unnamed) {
    SchedulerRequirements file = config.settings();
    DefaultSampler named = named(file, unnamed);
    try {
      file.require(named.sampler().name());
      return named;
    } catch (IllegalArgumentException e) {
      boolean flow = config.prediction() == SchedulerConfig.Prediction.FLOW;
      return new DefaultSampler(
          flow ? Samplers.EULER : Samplers.DDIM,
          Optional.of(
              "The default sampler is "
                  + (flow ? Samplers.EULER : Samplers.DDIM).name()
                  + ". "
                  + e.getMessage()));
    }
  }

  private static DefaultSampler named(SchedulerRequirements file, Sampler unnamed) {
    Optional<SchedulerClass> known =
        file.kind().isEmpty() ? Optional.empty() : SchedulerClass.named(file.kind());
    if (known.isEmpty()) {
      return new DefaultSampler(unnamed, Optional.empty());
    }
    SchedulerClass scheduler = known.get();
    String algorithm = file.algorithm();
    if (scheduler.sampler() != Samplers.DPMPP_2M || !scheduler.same() || algorithm.isEmpty()) {
      return scheduler.same()
          ? new DefaultSampler(scheduler.sampler(), Optional.empty())
          : nearest(scheduler.sampler(), file.kind());
    }
    return switch (algorithm) {
      case MULTISTEP -> new DefaultSampler(Samplers.DPMPP_2M, Optional.empty());
      case STOCHASTIC -> new DefaultSampler(Samplers.DPMPP_2M_SDE, Optional.empty());
      default ->
          nearest(
              algorithm.startsWith("sde") ? Samplers.DPMPP_2M_SDE : Samplers.DPMPP_2M,
              file.kind() + " with algorithm_type " + algorithm);
    };
  }

  private static DefaultSampler nearest(Sampler sampler, String scheduler) {
    return new DefaultSampler(
        sampler,
        Optional.of(
            "The scheduler of this base is "
                + scheduler
                + ", which is not here; the default sampler is the nearest, "
                + sampler.name()
                + "."));
  }
}

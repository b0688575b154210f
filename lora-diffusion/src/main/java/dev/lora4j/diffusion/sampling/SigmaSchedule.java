package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Sigmas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Sigma schedule: the levels of noise that a run visits. */
public enum SigmaSchedule {
  /** The schedule of the base's configuration. */
  DEFAULT,
  /** More levels where there is little noise (Karras et al. 2022, equation 5). */
  KARRAS,
  /** Evenly in the logarithm of the noise. */
  EXPONENTIAL,
  /** Whole steps down from the last timestep of training (Lin et al. 2024, table 2). */
  TRAILING;

  /** Its name in requests and on the command line. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** All names. */
  public static List<String> names() {
    return Arrays.stream(values()).map(SigmaSchedule::text).toList();
  }

  /**
   * The schedule of a name.
   *
   * @throws IllegalArgumentException naming all, if there is none
   */
  public static SigmaSchedule named(String name) {
    return Arrays.stream(values())
        .filter(law -> law.text().equals(name))
        .findFirst()
        .orElseThrow(() -> UnknownName.unknown("schedule", name, List.copyOf(names())));
  }

  /** A noise schedule with these sigmas. */
  public NoiseSchedule of(NoiseSchedule schedule) {
    SchedulerConfig config = schedule.config();
    return switch (this) {
      case DEFAULT -> schedule;
      case KARRAS -> new NoiseSchedule(config.with(Sigmas.KARRAS));
      case EXPONENTIAL -> new NoiseSchedule(config.with(Sigmas.EXPONENTIAL));
      case TRAILING -> new NoiseSchedule(config.with(Sigmas.SCHEDULE).with(Spacing.TRAILING));
    };
  }

  /**
   * Refuses a schedule that a sampler does not follow.
   *
   * @throws IllegalArgumentException naming both
   */
  public void requireFollowedBy(Sampler sampler) {
    boolean spreads = this == KARRAS || this == EXPONENTIAL;
    if (spreads && !sampler.spreadsLevels()) {
      throw new IllegalArgumentException(
          "The sampler "
              + sampler.name()
              + " visits whole timesteps, so that the schedule "
              + text()
              + " is not for it; take default or trailing, or a sampler such as euler or"
              + " dpmpp-2m.");
    }
  }
}

package dev.lora4j.server.a1111;

import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.util.List;
import java.util.Optional;

/**
 * A sigma schedule as A1111 calls it.
 *
 * @param name in requests
 * @param label shown to people, and taken too
 * @param rho exponent of the schedule; -1 if it has none
 */
record SchedulerName(String name, String label, SigmaSchedule schedule, double rho) {
  /** The schedule that a sampler has by itself. */
  static final String AUTOMATIC = "automatic";

  /** The schedules that there are here. */
  static final List<SchedulerName> ALL =
      List.of(
          new SchedulerName(AUTOMATIC, "Automatic", SigmaSchedule.DEFAULT, -1),
          new SchedulerName("uniform", "Uniform", SigmaSchedule.DEFAULT, -1),
          new SchedulerName("karras", "Karras", SigmaSchedule.KARRAS, 7),
          new SchedulerName("exponential", "Exponential", SigmaSchedule.EXPONENTIAL, -1),
          new SchedulerName("sgm_uniform", "SGM Uniform", SigmaSchedule.TRAILING, -1));

  /** The schedule of a name or label, in any case. */
  static Optional<SchedulerName> find(String name) {
    return ALL.stream()
        .filter(one -> one.name.equalsIgnoreCase(name) || one.label.equalsIgnoreCase(name))
        .findFirst();
  }
}

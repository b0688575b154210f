package dev.lora4j.diffusion.consistency;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;

/** The teacher's solver: equal steps down the timesteps of training (Luo et al. 2023). */
final class SolverSteps {
  private final NoiseSchedule schedule;
  private final int count;

  /**
   * A step of the solver.
   *
   * @param from where the student is asked
   * @param to where its target is; timestep 0 for the last step
   */
  record Step(NoiseLevel from, NoiseLevel to) {}

  /**
   * So many steps.
   *
   * @throws IllegalArgumentException if the schedule has fewer timesteps
   */
  SolverSteps(NoiseSchedule schedule, int count) {
    if (count > schedule.size()) {
      throw new IllegalArgumentException(
          "The teacher's solver cannot take "
              + count
              + " steps in a schedule of "
              + schedule.size()
              + " timesteps.");
    }
    this.schedule = schedule;
    this.count = count;
  }

  /**
   * The step of a number.
   *
   * @param index from 0, the step with the least noise
   */
  Step at(int index) {
    int stride = schedule.size() / count;
    int from = (index + 1) * stride - 1;
    return new Step(schedule.level(from), schedule.level(Math.max(0, from - stride)));
  }

  /** The step at a share of all, from 0 to 1, 1 excluded. */
  Step at(double share) {
    return at(Math.min(count - 1, (int) (share * count)));
  }
}

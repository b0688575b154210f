package dev.lora4j.diffusion.train.objective;

import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.Optional;

/** Loss that is square near 0 and straight from a threshold on, which moves with the timestep. */
public interface ThresholdLoss extends Loss {
  /** Threshold c, where it turns from square to straight. */
  double huberC();

  /** How c moves with the timestep. */
  HuberSchedule huberSchedule();

  /** Factor of the schedules CONSTANT and EXPONENTIAL. */
  double huberScale();

  @Override
  default boolean thresholded() {
    return true;
  }

  @Override
  default double threshold(NoiseLevel level, int timesteps) {
    return huberSchedule().at(huberC(), huberScale(), level, timesteps);
  }

  @Override
  default Optional<String> misfit(Prediction prediction) {
    return huberSchedule().misfit(prediction);
  }
}

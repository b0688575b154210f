package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.Optional;

/** Dependence of the threshold c of a loss of Huber's kind on timestep t of T. */
public enum HuberSchedule {
  /** {@code huber_c}. */
  CONSTANT,
  /** {@code huber_c} to the power of t / T: 1 without noise. */
  EXPONENTIAL,
  /** (1 - {@code huber_c}) / (1 + noise per signal) squared + {@code huber_c}. */
  SNR;

  double at(double c, double scale, NoiseLevel level, int timesteps) {
    return switch (this) {
      case CONSTANT -> c * scale;
      case EXPONENTIAL -> Math.pow(c, level.timestep() / timesteps) * scale;
      case SNR -> (1 - c) / Math.pow(1 + level.sigma(), 2) + c;
    };
  }

  Optional<String> misfit(Prediction prediction) {
    return this == SNR && prediction == Prediction.FLOW
        ? Optional.of(
            "huber_schedule snr is for noise and v-predictions; take constant or exponential")
        : Optional.empty();
  }

  /** Checks the settings that go with it. */
  static void check(double c, double scale) {
    new SettingProblems()
        .that(c > 0 && c <= 1, "huber_c is " + c + "; it is above 0 and at most 1")
        .above("huber_scale", scale, 0)
        .check();
  }

  /** sqrt(d squared + c squared) - c. */
  static Expr rounded(Expr difference, Expr c) {
    return difference.mul(difference).add(c.mul(c)).sqrt().sub(c);
  }
}

package dev.lora4j.diffusion.train.objective;

import java.util.OptionalDouble;
import java.util.OptionalInt;

/** Timestep settings while one of them is changed: the one place that knows all of them. */
final class TimestepDraft {
  boolean stratified;
  int min;
  OptionalInt max;
  TimestepSettings.Sampling sampling;
  double sigmoidScale;
  OptionalDouble shift;
  double logitMean;
  double logitStd;
  double modeScale;
  double trainingShift;
  TimestepSettings.Bias bias;

  TimestepDraft(TimestepSettings from) {
    stratified = from.stratified();
    min = from.min();
    max = from.max();
    sampling = from.sampling();
    sigmoidScale = from.sigmoidScale();
    shift = from.shift();
    logitMean = from.logitMean();
    logitStd = from.logitStd();
    modeScale = from.modeScale();
    trainingShift = from.trainingShift();
    bias = from.bias();
  }

  /** The settings as they are now. */
  TimestepSettings settings() {
    return new TimestepSettings(
        stratified,
        min,
        max,
        sampling,
        sigmoidScale,
        shift,
        logitMean,
        logitStd,
        modeScale,
        trainingShift,
        bias);
  }
}

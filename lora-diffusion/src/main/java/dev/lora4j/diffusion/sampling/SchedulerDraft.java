package dev.lora4j.diffusion.sampling;

import dev.lora4j.diffusion.sampling.SchedulerConfig.Betas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Sigmas;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Spacing;
import java.util.List;

/** A schedule while something of it is changed: the one place that knows all of its parts. */
final class SchedulerDraft {
  final int numTrainTimesteps;
  final Betas betas;
  final double betaStart;
  final double betaEnd;
  Prediction prediction;
  Spacing spacing;
  final int stepsOffset;
  final boolean setAlphaToOne;
  boolean zeroTerminalSnr;
  Sigmas sigmas;
  double flowShift;
  final List<Double> trainedBetas;
  final SchedulerRequirements settings;
  FlowLevels flow;

  SchedulerDraft(SchedulerConfig from) {
    numTrainTimesteps = from.numTrainTimesteps();
    betas = from.betas();
    betaStart = from.betaStart();
    betaEnd = from.betaEnd();
    prediction = from.prediction();
    spacing = from.spacing();
    stepsOffset = from.stepsOffset();
    setAlphaToOne = from.setAlphaToOne();
    zeroTerminalSnr = from.zeroTerminalSnr();
    sigmas = from.sigmas();
    flowShift = from.flowShift();
    trainedBetas = from.trainedBetas();
    settings = from.settings();
    flow = from.flow();
  }

  /** The configuration as it is now. */
  SchedulerConfig config() {
    return new SchedulerConfig(
        numTrainTimesteps,
        betas,
        betaStart,
        betaEnd,
        prediction,
        spacing,
        stepsOffset,
        setAlphaToOne,
        zeroTerminalSnr,
        sigmas,
        flowShift,
        trainedBetas,
        settings,
        flow);
  }
}

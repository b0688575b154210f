package dev.lora4j.diffusion.sampling;

/**
 * The multistep solver of second order on the data prediction (Lu et al. 2022, algorithm 2), and of
 * the stochastic equation with the same marginals. Calls the network once a step.
 *
 * @param stochastic whether each step brings new noise
 */
record MultistepSolver(boolean stochastic) {
  /** See {@link Sampler#sample}. */
  float[] sample(SamplingRun run, float[] x) {
    float[] at = x;
    float[] before = x;
    for (int step = run.first(); step < run.steps(); step++) {
      float[] denoised = run.denoise(at, step);
      // At the last level a polynomial through the one before has nothing to be divided by.
      boolean second = step > run.first() && run.level(step + 1).noise() > 0;
      float[] towards = second ? extrapolated(run, step, denoised, before) : denoised;
      at = run.after().done(step, step(run, step, at, towards));
      before = denoised;
    }
    return at;
  }

  /** Expected output of the network half way, extrapolated from here and from one step before. */
  private static float[] extrapolated(SamplingRun run, int step, float[] here, float[] before) {
    double h = run.level(step + 1).logSnr() - run.level(step).logSnr();
    double previous = run.level(step).logSnr() - run.level(step - 1).logSnr();
    double share = 0.5 * h / previous;
    return Latents.sum(1 + share, here, -share, before);
  }

  private float[] step(SamplingRun run, int step, float[] x, float[] towards) {
    NoiseLevel from = run.level(step);
    NoiseLevel to = run.level(step + 1);
    double decay = Math.exp(from.logSnr() - to.logSnr());
    double ratio = to.noise() / from.noise();
    if (!stochastic) {
      return Latents.sum(ratio, x, to.signal() * (1 - decay), towards);
    }
    double lost = 1 - decay * decay;
    return Latents.sum(
        ratio * decay,
        x,
        to.signal() * lost,
        towards,
        to.noise() * Math.sqrt(lost),
        run.noise().next());
  }
}

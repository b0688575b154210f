package dev.lora4j.diffusion.train.objective;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import java.util.List;

/**
 * Objective of a training step: draws timestep, noise and weight of each sample, and stages target
 * and loss.
 *
 * <p>A draw depends on the seed, the sample's number in the run, and its place in its batch. What
 * each option draws comes from a stream of its own, so switching one on changes no other number.
 */
public final class Objective {
  /** Purposes of random numbers, as the last counter of their key. */
  private static final int TIMESTEP = 11;

  private static final int NOISE = 12;
  private static final int OFFSET = 13;
  private static final int PYRAMID = 14;
  private static final int PERTURBATION = 15;

  private final NoiseSchedule schedule;
  private final ObjectiveSettings settings;
  private final TimestepDistribution law;

  /**
   * The objective for a base.
   *
   * @param schedule the base's own
   * @throws IllegalArgumentException with all settings that do not fit the base
   */
  public Objective(NoiseSchedule schedule, ObjectiveSettings settings) {
    settings.requireFits(schedule);
    boolean rescaled = settings.weights().zeroTerminalSnr();
    this.schedule =
        rescaled ? new NoiseSchedule(schedule.config().withZeroTerminalSnr()) : schedule;
    this.settings = settings;
    law = new TimestepDistribution(settings.timesteps(), this.schedule);
    requireFinite();
  }

  /** A schedule whose last timestep is nothing but noise makes some weights infinite. */
  private void requireFinite() {
    int end = settings.timesteps().max().orElse(schedule.size());
    for (int t = settings.timesteps().min(); t < end; t++) {
      double weight = weight(schedule.level(t));
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException(
            "The weight of the loss at timestep "
                + t
                + " is "
                + weight
                + ", since nothing but noise is left there; take max_timestep "
                + t
                + " or another weighting.");
      }
    }
  }

  /** The settings. */
  public ObjectiveSettings settings() {
    return settings;
  }

  /** The schedule that noise is added by; not the base's own if its end was rescaled. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** {@link #stage(Graph, long, DType)} in F32. */
  public StagedObjective stage(Graph graph, long channels) {
    return stage(graph, channels, DType.F32);
  }

  /**
   * Declares the inputs in a graph and stages noisy latents and target.
   *
   * @param channels of the latents
   * @param type to compute in: F32, or F64 where the network computes in that
   */
  public StagedObjective stage(Graph graph, long channels, DType type) {
    return StagedObjective.of(graph, channels, type, prediction(), settings);
  }

  private Prediction prediction() {
    return schedule.config().prediction();
  }

  /**
   * Draws a batch and gives the inputs that {@link #stage} declared, in order.
   *
   * @param first number of its first sample in the run
   * @param samples of one shape
   */
  public List<Tensor> batch(Scope scope, long seed, long first, List<LatentSample> samples) {
    int n = samples.size();
    SampleDraw[] draws = new SampleDraw[n];
    for (int i = 0; i < n; i++) {
      draws[i] = draw(seed, first + i, i, n, samples.get(i));
    }
    return batch(scope, samples, List.of(draws));
  }

  /** The inputs for samples and what was drawn for each. */
  public List<Tensor> batch(Scope scope, List<LatentSample> samples, List<SampleDraw> draws) {
    return ObjectiveBatch.tensors(scope, settings, samples, draws);
  }

  /**
   * Draws for one sample.
   *
   * @param number of the sample in the run; no two should have the same
   * @param place of the sample among those that share the range of timesteps, from 0
   * @param places how many those are: the batch, or all batches of one change of the weights
   */
  public SampleDraw draw(long seed, long number, int place, int places, LatentSample sample) {
    double uniform = SeededNoise.of(seed, number, TIMESTEP).uniform();
    boolean stratified = settings.timesteps().stratified();
    NoiseLevel level = law.level(stratified ? (place + uniform) / places : uniform, sample.shape());
    float[] noise = gaussians(SeededNoise.of(seed, number, NOISE), sample.latents().length);
    shape(noise, seed, number, sample);
    return drawn(sample, level, noise, perturbed(noise, seed, number));
  }

  private double weight(NoiseLevel level) {
    // Timesteps of a flow count from 1.
    double noisiest = schedule.flow() ? schedule.size() : schedule.size() - 1;
    double place = (noisiest - level.timestep()) / Math.max(1, schedule.size() - 1);
    return LossWeight.of(settings.weights(), prediction(), level)
        * settings.weights().timesteps().at(place);
  }

  /** A draw of this level and noise; weight and threshold follow. */
  SampleDraw drawn(LatentSample sample, NoiseLevel level, float[] noise, float[] seen) {
    double weight = weight(level);
    double prior = sample.regularisation() ? settings.weights().priorLoss() : 1;
    double c = settings.loss().criterion().threshold(level, schedule.size());
    return new SampleDraw(level, weight * prior, c, noise, seen);
  }

  /**
   * A draw for latents that are noisy already: nothing is added to them, and a step has no target
   * of its own for them.
   *
   * @param level how noisy they are; gives timestep and weight
   */
  public SampleDraw withoutNoise(LatentSample sample, NoiseLevel level) {
    float[] none = new float[sample.latents().length];
    SampleDraw weighted = drawn(sample, level, none, none);
    NoiseLevel unchanged = new NoiseLevel(1, 0, level.timestep());
    return new SampleDraw(unchanged, weighted.weight(), weighted.threshold(), none, none);
  }

  NoiseLevel levelAt(double uniform, LatentSample sample) {
    return law.level(uniform, sample.shape());
  }

  static float[] gaussians(SeededNoise random, int count) {
    float[] numbers = new float[count];
    random.gaussians(numbers, 0, count);
    return numbers;
  }

  private void shape(float[] noise, long seed, long number, LatentSample sample) {
    NoiseSettings how = settings.noise();
    Shape shape = sample.shape();
    int channels = (int) shape.size(0);
    if (how.offset() > 0) {
      SeededNoise random = SeededNoise.of(seed, number, OFFSET);
      double strength = how.offset() * (how.offsetRandomStrength() ? random.uniform() : 1);
      float[] numbers = gaussians(random, channels);
      OffsetNoise.add(noise, sample.latents(), strength, how.adaptiveScale(), numbers);
    }
    if (how.multiresIterations() > 0) {
      SeededNoise random = SeededNoise.of(seed, number, PYRAMID);
      int height = (int) shape.size(1);
      PyramidNoise.apply(noise, channels, height, (int) shape.size(2), how, random);
    }
  }

  private float[] perturbed(float[] noise, long seed, long number) {
    NoiseSettings how = settings.noise();
    if (how.inputPerturbation() == 0) {
      return noise;
    }
    SeededNoise random = SeededNoise.of(seed, number, PERTURBATION);
    boolean drawn = how.inputPerturbationRandomStrength();
    double strength = how.inputPerturbation() * (drawn ? random.uniform() : 1);
    float[] seen = gaussians(random, noise.length);
    for (int i = 0; i < seen.length; i++) {
      seen[i] = (float) (noise[i] + strength * seen[i]);
    }
    return seen;
  }
}

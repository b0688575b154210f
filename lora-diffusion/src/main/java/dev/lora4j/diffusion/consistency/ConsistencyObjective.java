package dev.lora4j.diffusion.consistency;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.train.SeededNoise;
import dev.lora4j.diffusion.sampling.ConsistencyBoundary;
import dev.lora4j.diffusion.sampling.NoiseLevel;
import dev.lora4j.diffusion.sampling.NoiseSchedule;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.diffusion.train.objective.LatentSample;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;

/**
 * Objective of latent consistency distillation (Luo et al. 2023, algorithm 1, without the average
 * of the student): what the student makes of noisy latents is to be what it makes of them one step
 * of the guided teacher later.
 *
 * <p>A draw depends on the seed, the sample's number in the run, and its place in its batch.
 */
public final class ConsistencyObjective {
  /** Purposes of random numbers, as the last counter of their key. */
  private static final int STEP = 21;

  private static final int NOISE = 22;
  private static final int GUIDANCE = 23;
  private static final int VALIDATION = 24;

  private final NoiseSchedule schedule;
  private final ConsistencySettings settings;
  private final SolverSteps steps;

  /**
   * The objective for a base.
   *
   * @throws IllegalArgumentException if the base cannot be distilled in this way
   */
  public ConsistencyObjective(NoiseSchedule schedule, ConsistencySettings settings) {
    if (schedule.flow()) {
      throw new IllegalArgumentException(
          "Consistency distillation is for bases that predict noise or velocity, and this one"
              + " predicts a flow.");
    }
    this.schedule = schedule;
    this.settings = settings;
    steps = new SolverSteps(schedule, settings.solverSteps());
    boolean epsilon = schedule.config().prediction() == Prediction.EPSILON;
    if (epsilon && schedule.level(schedule.size() - 1).signal() == 0) {
      throw new IllegalArgumentException(
          "No picture can be told from the noise that this base predicts at its last timestep,"
              + " where nothing but noise is left, so that it cannot be distilled to few steps.");
    }
  }

  /** The base's schedule. */
  public NoiseSchedule schedule() {
    return schedule;
  }

  /** The settings. */
  public ConsistencySettings settings() {
    return settings;
  }

  /**
   * Draws for one sample. The samples of a batch take one step each from equal parts of the
   * solver's.
   *
   * @param number of the sample in the run; no two should have the same
   * @param place of the sample in its batch, from 0
   * @param places how many samples the batch has
   */
  public ConsistencyDraw draw(long seed, long number, int place, int places, LatentSample sample) {
    double step = (place + SeededNoise.of(seed, number, STEP).uniform()) / places;
    double guidance = SeededNoise.of(seed, number, GUIDANCE).uniform();
    return drawn(step, guidance, SeededNoise.of(seed, number, NOISE), sample);
  }

  /**
   * Draws of a held-out picture: steps evenly over the solver's, at the mean guidance.
   *
   * @param picture its number
   * @param count of draws
   */
  public List<ConsistencyDraw> heldOut(long seed, long picture, int count, LatentSample sample) {
    List<ConsistencyDraw> draws = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      SeededNoise random = SeededNoise.of(seed, picture, i, VALIDATION);
      draws.add(drawn((i + 0.5) / count, 0.5, random, sample));
    }
    return draws;
  }

  private ConsistencyDraw drawn(
      double share, double guidance, SeededNoise random, LatentSample sample) {
    SolverSteps.Step step = steps.at(share);
    float[] noise = new float[sample.latents().length];
    random.gaussians(noise, 0, noise.length);
    double least = settings.leastGuidance();
    double scale = least + guidance * (settings.mostGuidance() - least);
    return new ConsistencyDraw(step.from(), step.to(), scale, noise);
  }

  /**
   * Declares the inputs in a graph and stages the noisy latents.
   *
   * @param channels of the latents
   * @param type to compute in: F32, or F64 where the network computes in that
   */
  public StagedConsistency stage(Graph graph, long channels, DType type) {
    return new StagedConsistency(graph, channels, type, schedule.config().prediction(), settings);
  }

  /** The inputs that {@link #stage} declared, in order, of samples of one shape. */
  public List<Tensor> inputs(Scope scope, List<LatentSample> samples, List<ConsistencyDraw> draws) {
    Shape one = samples.get(0).shape();
    Shape latents = Shape.of(samples.size(), one.size(0), one.size(1), one.size(2));
    List<Tensor> inputs = new ArrayList<>();
    inputs.add(stacked(scope, latents, samples, LatentSample::latents));
    inputs.add(stacked(scope, latents, draws, ConsistencyDraw::noise));
    inputs.add(row(scope, draws, ConsistencyDraw::guidance));
    for (Function<ConsistencyDraw, NoiseLevel> level :
        List.<Function<ConsistencyDraw, NoiseLevel>>of(
            ConsistencyDraw::from, ConsistencyDraw::to)) {
      inputs.add(row(scope, draws, d -> level.apply(d).signal()));
      inputs.add(row(scope, draws, d -> level.apply(d).noise()));
      inputs.add(row(scope, draws, d -> level.apply(d).timestep()));
      inputs.add(row(scope, draws, d -> ConsistencyBoundary.at(level.apply(d).timestep()).skip()));
      inputs.add(row(scope, draws, d -> ConsistencyBoundary.at(level.apply(d).timestep()).out()));
    }
    return inputs;
  }

  private static <T> Tensor stacked(
      Scope scope, Shape shape, List<T> parts, Function<T, float[]> values) {
    float[] all = new float[Math.toIntExact(shape.elements())];
    int each = all.length / parts.size();
    for (int i = 0; i < parts.size(); i++) {
      float[] part = values.apply(parts.get(i));
      if (part.length != each) {
        throw new IllegalArgumentException(
            "The latents of a batch have one size, and these have "
                + each
                + " and "
                + part.length
                + " numbers.");
      }
      System.arraycopy(part, 0, all, i * each, each);
    }
    return Tensor.of(scope, shape, all);
  }

  private static Tensor row(
      Scope scope, List<ConsistencyDraw> draws, ToDoubleFunction<ConsistencyDraw> value) {
    float[] values = new float[draws.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) value.applyAsDouble(draws.get(i));
    }
    return Tensor.of(scope, Shape.of(values.length), values);
  }
}

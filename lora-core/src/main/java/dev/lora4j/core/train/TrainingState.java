package dev.lora4j.core.train;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.List;

/**
 * All that a training step changes: the weights, the optimiser's two moments, the moving average of
 * the weights, and the count of steps. Owned by the scope it was made in.
 */
public final class TrainingState {
  private final Tensor weights;
  private final Tensor mean;
  private final Tensor square;
  private final Tensor average;
  private final Tensor step;
  private final double decay;
  private LossScale lossScale = LossScale.FIRST;

  private TrainingState(
      Tensor weights, Tensor mean, Tensor square, Tensor average, Tensor step, double decay) {
    this.weights = weights;
    this.mean = mean;
    this.square = square;
    this.average = average;
    this.step = step;
    this.decay = decay;
  }

  /**
   * The state before the first step.
   *
   * @param initial the weights' first values
   * @param decay how much of the average each step keeps; 0 makes the average the weights
   */
  public static TrainingState begin(Scope scope, float[] initial, double decay) {
    return restore(
        scope,
        List.of(initial, new float[initial.length], new float[initial.length], initial),
        0,
        decay);
  }

  /**
   * A state read back.
   *
   * @param vectors weights, mean, square, average, as {@link #vectors} gave them
   * @param steps how many steps they have taken
   */
  public static TrainingState restore(
      Scope scope, List<float[]> vectors, long steps, double decay) {
    Shape shape = Shape.of(vectors.get(0).length);
    List<Tensor> t = vectors.stream().map(v -> Tensor.of(scope, shape, v)).toList();
    Tensor step = Tensor.scalar(scope, (float) steps);
    return new TrainingState(t.get(0), t.get(1), t.get(2), t.get(3), step, decay);
  }

  /** In the order that {@link TrainingStep} declares them. */
  List<Tensor> tensors() {
    return List.of(weights, mean, square, average, step);
  }

  /** How far the average moves towards the weights in the next step. */
  double averaging() {
    long next = steps() + 1;
    // A young average follows faster, so that it is not weighed down by its random beginning.
    return 1 - Math.min(decay, (1.0 + next) / (10.0 + next));
  }

  /** What the loss is multiplied by in the next step, if the step scales it. */
  public LossScale lossScale() {
    return lossScale;
  }

  void lossScale(LossScale next) {
    lossScale = next;
  }

  /** Steps taken, without those skipped. */
  public long steps() {
    return (long) step.floats()[0];
  }

  /** Copies of weights, mean, square and average. */
  public List<float[]> vectors() {
    return List.of(weights.floats(), mean.floats(), square.floats(), average.floats());
  }

  /** The weights as they are, F32 of one dimension; changes with the next step. */
  public Tensor weights() {
    return weights;
  }

  /** The moving average of the weights, F32 of one dimension; changes with the next step. */
  public Tensor average() {
    return average;
  }
}

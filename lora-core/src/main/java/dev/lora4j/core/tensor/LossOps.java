package dev.lora4j.core.tensor;

/**
 * Losses of training. Losses are given element by element and have the shape of the prediction, so
 * that what to do with them is written where it is done:
 *
 * <pre>{@code
 * prediction.squaredError(target).mean();                            // mean squared error
 * prediction.squaredError(target).over(1, 2, 3).mean().mul(weights); // a weight for each picture
 * }</pre>
 *
 * <p>Prediction and target have one shape; nothing broadcasts, since that hides mistakes.
 */
public interface LossOps {
  /** The prediction. */
  Expr self();

  /** {@code (x - target)^2}. */
  default Expr squaredError(Expr target) {
    StagedLoss.alike("squaredError", self(), target);
    // On a CPU libtorch 2.5 has its own for F32 and F64 alone.
    Expr error = self().sub(target);
    return error.mul(error);
  }

  /** {@code |x - target|}. */
  default Expr absoluteError(Expr target) {
    return StagedLoss.elementwise("l1_loss", self(), target, StagedLoss.NONE);
  }

  /**
   * Half the squared error where the error e is at most {@code delta}, beyond {@code delta (|e| -
   * delta / 2)} (Huber 1964).
   */
  default Expr huber(Expr target, double delta) {
    StagedLoss.positive("huber_loss", self(), "delta", delta);
    return StagedLoss.elementwise("huber_loss", self(), target, StagedLoss.NONE, delta);
  }

  /**
   * {@link #huber} divided by its {@code beta}, so that the slope beyond is 1 (Girshick 2015, where
   * beta is 1).
   */
  default Expr smoothL1(Expr target, double beta) {
    StagedLoss.positive("smoothL1", self(), "beta", beta);
    // ATen's own has no gradient in F16 on a CPU.
    return huber(target, beta).div(beta);
  }

  /**
   * Cross entropy of logits and the right class, a mean over all but the ignored.
   *
   * @param d the dimension of these logits that the classes lie along
   * @param target I64, the shape of the logits without dimension {@code d}; a class that is neither
   *     one of them nor -100, which is ignored, is an error when the program runs
   */
  default Expr crossEntropy(int d, Expr target) {
    return crossEntropy(d, target, -100, 0);
  }

  /**
   * {@link #crossEntropy(int, Expr)} with label smoothing. NaN if all targets are ignored.
   *
   * @param ignored the target that counts nothing
   * @param smoothing the share, from 0 to 1, of the target that is spread evenly over all classes
   *     (Szegedy et al. 2016)
   */
  default Expr crossEntropy(int d, Expr target, long ignored, double smoothing) {
    StagedLoss.classes(self(), d, target, smoothing);
    return StagedLoss.crossEntropy(
        self(), d, Shape.of(), target, StagedLoss.MEAN, ignored, smoothing);
  }

  /** {@link #crossEntropy(int, Expr, long, double)} for each target; 0 for the ignored. */
  default Expr crossEntropyEach(int d, Expr target, long ignored, double smoothing) {
    Shape each = StagedLoss.classes(self(), d, target, smoothing);
    return StagedLoss.crossEntropy(self(), d, each, target, StagedLoss.NONE, ignored, smoothing);
  }

  /**
   * Cross entropy of logits and probabilities of the classes along dimension {@code d}, which
   * disappears.
   */
  default Expr softCrossEntropy(int d, Expr probabilities) {
    StagedLoss.alike("softCrossEntropy", self(), probabilities);
    int at = Preconditions.dimension("softCrossEntropy", self(), d);
    return self().logSoftmax(at).mul(probabilities).over(at).sum().neg();
  }

  /** Cross entropy of a logit and the probability {@code target}, without overflow. */
  default Expr binaryCrossEntropy(Expr target) {
    Object none = Keyword.NONE;
    String operator = "binary_cross_entropy_with_logits";
    return StagedLoss.elementwise(operator, self(), target, none, none, StagedLoss.NONE);
  }

  /**
   * Terms {@code target (log target - x)} of the divergence of Kullback and Leibler from {@code
   * target}, a distribution, to this, the logarithms of another; 0 where the target is. Their sum
   * over a distribution is its divergence.
   */
  default Expr klDivergence(Expr target) {
    return StagedLoss.elementwise("kl_div", self(), target, StagedLoss.NONE);
  }

  /** {@link #klDivergence} from a distribution in logarithms. */
  default Expr klDivergenceFromLog(Expr logTarget) {
    Keyword logs = Keyword.of("log_target", true);
    return StagedLoss.elementwise("kl_div", self(), logTarget, StagedLoss.NONE, logs);
  }

  /**
   * Cosine of the angle between vectors along dimension {@code d}, which disappears; norms count as
   * 1e-8 at least.
   */
  default Expr cosineSimilarity(Expr other, int d) {
    Expr x = self();
    StagedLoss.alike("cosine_similarity", x, other);
    int at = Preconditions.dimension("cosine_similarity", x, d);
    Shape shape = Sizes.without(Sizes.merged(x.shape(), other.shape()), at);
    return x.graph().call("cosine_similarity", x.dtype(), shape, x, other, at, 1e-8);
  }
}

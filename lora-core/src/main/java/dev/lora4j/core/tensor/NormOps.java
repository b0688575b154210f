package dev.lora4j.core.tensor;

import java.util.List;
import java.util.stream.IntStream;

/**
 * Operators of {@link Expr} that bring groups of elements to mean 0 and variance 1, or to mean
 * square 1. The epsilon is added to the variance.
 */
public interface NormOps {
  /** The value operated on. */
  Expr self();

  /**
   * Group normalisation (Wu and He 2018); x: [batch, channels, ...], weight and bias: [channels].
   */
  default Expr groupNorm(int groups, Expr weight, Expr bias, double epsilon) {
    Expr x = channels("group_norm", weight, bias);
    return groupNorm(x, groups, weight, bias, epsilon);
  }

  /** {@link #groupNorm(int, Expr, Expr, double)} without weight and bias. */
  default Expr groupNorm(int groups, double epsilon) {
    Expr x = channels("group_norm");
    return groupNorm(x, groups, Keyword.NONE, Keyword.NONE, epsilon);
  }

  private static Expr groupNorm(Expr x, int groups, Object weight, Object bias, double epsilon) {
    if (groups < 1 || !Sizes.divides(x.shape().size(1), groups)) {
      throw Mismatch.of(
          "group_norm", x, "channels that divide into " + groups + " groups", x.shape().toString());
    }
    return x.graph()
        .call("group_norm", x.dtype(), x.shape(), x, groups, weight, bias, epsilon, false);
  }

  /**
   * Layer normalisation (Ba et al. 2016) over the last dimensions, which are those that weight and
   * bias have: mostly [width].
   */
  default Expr layerNorm(Expr weight, Expr bias, double epsilon) {
    Expr x = lastDimensions("layer_norm", weight);
    Mismatch.require(
        bias.dtype() == weight.dtype() && weight.shape().admits(bias.shape()),
        "layer_norm",
        "weight and bias of one type and shape",
        weight,
        bias);
    return layerNorm(x, sizes(weight, weight.shape().rank()), weight, bias, epsilon);
  }

  /** {@link #layerNorm(Expr, Expr, double)} without bias. */
  default Expr layerNorm(Expr weight, double epsilon) {
    Expr x = lastDimensions("layer_norm", weight);
    return layerNorm(x, sizes(weight, weight.shape().rank()), weight, Keyword.NONE, epsilon);
  }

  /** Layer normalisation over the last dimension, without weight and bias. */
  default Expr layerNorm(double epsilon) {
    Expr x = floating("layer_norm", 1);
    return layerNorm(x, sizes(x, 1), Keyword.NONE, Keyword.NONE, epsilon);
  }

  private static Expr layerNorm(
      Expr x, List<Dim> over, Object weight, Object bias, double epsilon) {
    return x.graph()
        .call("layer_norm", x.dtype(), x.shape(), x, over, weight, bias, epsilon, false);
  }

  /**
   * Root mean square normalisation (Zhang and Sennrich 2019), {@code x / sqrt(mean(x^2) + epsilon)
   * * weight}, over the last dimensions, which are those that the weight has: mostly [width]. The
   * quotient is formed in F32 or wider and has the type of x before it is multiplied.
   */
  default Expr rmsNorm(Expr weight, double epsilon) {
    Expr x = lastDimensions("rms_norm", weight);
    if (x.dtype().bits() >= DType.F32.bits()) {
      List<Dim> over = sizes(weight, weight.shape().rank());
      return x.graph().call("rms_norm", x.dtype(), x.shape(), x, over, weight, epsilon);
    }
    return rootMeanSquare(x, weight.shape().rank(), epsilon).mul(weight);
  }

  /** {@link #rmsNorm(Expr, double)} over the last dimension, without weight. */
  default Expr rmsNorm(double epsilon) {
    return rootMeanSquare(floating("rms_norm", 1), 1, epsilon);
  }

  private static Expr rootMeanSquare(Expr x, int dimensions, double epsilon) {
    DType wide = x.dtype().bits() < DType.F32.bits() ? DType.F32 : x.dtype();
    Expr y = x.to(wide);
    List<Dim> over = sizes(x, dimensions);
    return x.graph()
        .call("rms_norm", wide, x.shape(), y, over, Keyword.NONE, epsilon)
        .to(x.dtype());
  }

  /**
   * Batch normalisation (Ioffe and Szegedy 2015) by fixed statistics, as in evaluation; x: [batch,
   * channels, ...], all others: [channels]. The statistics get no gradient.
   */
  default Expr batchNorm(Expr mean, Expr variance, Expr weight, Expr bias, double epsilon) {
    Expr x = channels("batch_norm", mean, variance, weight, bias);
    return batchNorm(x, weight, bias, mean.detach(), variance.detach(), false, epsilon);
  }

  /**
   * Batch normalisation by the statistics of this batch, as in training; x: [batch, channels, ...],
   * all others: [channels]. Nothing is changed in place: the running statistics after this batch
   * are results.
   *
   * @param mean running mean before this batch
   * @param variance running variance before this batch
   * @param momentum share of this batch in the running statistics, 0.1 for example
   */
  default BatchNormed batchNormTraining(
      Expr mean, Expr variance, Expr weight, Expr bias, double momentum, double epsilon) {
    Expr x = channels("batch_norm", mean, variance, weight, bias);
    long[] sizes = x.shape().with(1, 1).sizes();
    if (x.shape().with(1, 1).known() && Shape.of(sizes).elements() <= 1) {
      throw Mismatch.of(
          "batch_norm", x, "more than one element for each channel", x.shape().toString());
    }
    int[] others = IntStream.range(0, sizes.length).filter(d -> d != 1).toArray();
    Shape shape = mean.shape().rank() == 1 ? Shape.of(x.shape().size(1)) : mean.shape();
    List<Expr> batch =
        x.graph()
            .call(
                "var_mean",
                List.of(new Graph.Result(x.dtype(), shape), new Graph.Result(x.dtype(), shape)),
                x.detach(),
                IntStream.of(others).boxed().toList(),
                Keyword.of("correction", 1));
    Expr values = batchNorm(x, weight, bias, Keyword.NONE, Keyword.NONE, true, epsilon);
    return new BatchNormed(
        values, moved(mean, batch.get(1), momentum), moved(variance, batch.get(0), momentum));
  }

  private static Expr moved(Expr running, Expr batch, double momentum) {
    return running.detach().mul(1 - momentum).add(batch.mul(momentum));
  }

  private static Expr batchNorm(
      Expr x,
      Object weight,
      Object bias,
      Object mean,
      Object variance,
      boolean training,
      double epsilon) {
    return x.graph()
        .call(
            "batch_norm",
            x.dtype(),
            x.shape(),
            x,
            weight,
            bias,
            mean,
            variance,
            training,
            0.0,
            epsilon,
            false);
  }

  /** This value, if each of {@code parameters} is [channels] of its type. */
  private Expr channels(String operator, Expr... parameters) {
    Expr x = floating(operator, 2);
    for (Expr p : parameters) {
      Mismatch.require(
          p.dtype() == x.dtype() && Shape.of(x.shape().size(1)).admits(p.shape()),
          operator,
          "x [batch, channels, ...] and parameters [channels] of one type",
          x,
          p);
    }
    return x;
  }

  /** This value, if its last dimensions are those of {@code weight}. */
  private Expr lastDimensions(String operator, Expr weight) {
    Expr x = self();
    int rank = weight.shape().rank();
    boolean fits = x.dtype() == weight.dtype() && rank > 0 && rank <= x.shape().rank();
    for (int d = 1; fits && d <= rank; d++) {
      fits = Sizes.agree(x.shape().size(-d), weight.shape().size(-d));
    }
    Mismatch.require(fits, operator, "x [..., sizes] and weight [sizes] of one type", x, weight);
    return floating(operator, rank);
  }

  private Expr floating(String operator, int rank) {
    Expr x = self();
    Mismatch.require(
        x.dtype().floating() && x.shape().rank() >= rank,
        operator,
        "a floating-point type and " + rank + " dimensions or more",
        x);
    return x;
  }

  /** The last {@code count} sizes. */
  private static List<Dim> sizes(Expr x, int count) {
    return IntStream.range(0, count).mapToObj(d -> x.dim(d - count)).toList();
  }
}

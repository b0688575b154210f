package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Shaping;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * Keeps the change of each layer's weight small: where the Frobenius norm n of {@code scale * up *
 * down} is above the greatest one m, both factors are multiplied by the root of m / n. This is
 * {@code scale_weight_norms} of kohya's sd-scripts, done after a step.
 *
 * <p>The norm is taken from products of each factor with itself, whose size is the rank, so that no
 * weight is ever formed: it is the root of trace((up' up) (down down')).
 */
public final class MaxNorm implements AutoCloseable {
  /**
   * What was done.
   *
   * @param count layers whose factors were scaled
   * @param mean of the norms of all layers, after that
   * @param greatest of them; if it is not finite, nothing was changed
   */
  public record Scaled(int count, double mean, double greatest) {}

  /** A norm that is above the greatest one by less is so by rounding only. */
  private static final double ROUNDING = 1e-6;

  private final Scope scope;
  private final FlatLayout layout;
  private final FactorPairs pairs;
  private final Program program;
  private final Tensor scales;

  private MaxNorm(
      Scope scope, FlatLayout layout, FactorPairs pairs, Program program, Tensor scales) {
    this.scope = scope;
    this.layout = layout;
    this.pairs = pairs;
    this.program = program;
    this.scales = scales;
  }

  /**
   * Compiles it for the factors that a step trains.
   *
   * @param owner closes it, if nobody did before
   * @param layout of the states that it is to be applied to; factors are the weights {@code
   *     SITE.down}, [rank, in] or [rank, in, height, width], and {@code SITE.up}, [out, rank] or
   *     [out, rank, 1, 1]
   * @param most the greatest norm, above 0; 1 is usual
   * @param scale by site, what its product is multiplied by where it is used: alpha / rank
   * @throws TensorException if there are no such factors, or the optimiser averages weights, which
   *     would undo it
   */
  public static MaxNorm compile(
      Scope owner,
      TrainingStep step,
      FlatLayout layout,
      double most,
      ToDoubleFunction<String> scale) {
    if (!(most > 0 && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The greatest norm of a change is to be " + most + "; it must be a number above 0.");
    }
    requireFits(step.settings().optimizer());
    FactorPairs pairs = FactorPairs.of(layout);
    double[] scales = pairs.sites().stream().mapToDouble(scale).toArray();
    Scope scope = owner.child("max norm");
    Tensor scaling = HostTensor.of(DType.F64, Shape.of(scales.length), scales).on(scope);
    return new MaxNorm(scope, layout, pairs, stage(scope, step.type(), pairs, most), scaling);
  }

  /**
   * Looks whether norms can be kept small beside an optimiser.
   *
   * @throws TensorException if it averages weights, which would undo it
   */
  public static void requireFits(Optimizer optimizer) {
    if (optimizer.evaluatesElsewhere()) {
      throw new TensorException(
          "The optimiser '"
              + optimizer.name()
              + "' averages weights, so that norms cannot be kept small; take the greatest norm"
              + " away, or another optimiser.");
    }
  }

  private static Program stage(Scope scope, DType type, FactorPairs pairs, double most) {
    Graph graph = new Graph();
    Expr weights = graph.input("weights", type, Shape.of(Shape.UNKNOWN));
    Expr scales = graph.input("scales", DType.F64, Shape.of(pairs.sites().size()));
    List<Expr> squares = new ArrayList<>();
    for (FactorPairs.Pair pair : pairs.all()) {
      Expr down = part(weights, pair.down()).reshape(pair.rank(), -1).to(DType.F64);
      Expr up = part(weights, pair.up()).reshape(-1, pair.rank()).to(DType.F64);
      Expr rows = down.matmul(down.transpose(0, 1));
      squares.add(up.transpose(0, 1).matmul(up).mul(rows).sum());
    }
    // Squares that cancel may come out below 0 by rounding.
    Expr norms = Shaping.stack(squares, 0).clampMin(0).sqrt().mul(scales.abs());
    Expr large = norms.gt(most * (1 + ROUNDING)).and(norms.isFinite().all());
    Expr ratios = norms.reciprocal().mul(most).maskedFill(large.not(), 1);
    Expr factors = ratios.sqrt().to(type);
    for (int i = 0; i < squares.size(); i++) {
      FactorPairs.Pair pair = pairs.all().get(i);
      graph.effect("mul_", part(weights, pair.down()), factors.select(0, i));
      graph.effect("mul_", part(weights, pair.up()), factors.select(0, i));
    }
    return graph.inference(scope, List.of(norms, ratios));
  }

  private static Expr part(Expr weights, FlatLayout.Slot slot) {
    return weights.narrow(0, Dim.of(slot.offset()), Dim.of(slot.parameter().shape().elements()));
  }

  /** Trained weights that it leaves alone, as they are not one of two factors, by name. */
  public List<String> others() {
    return pairs.others();
  }

  /**
   * Scales factors whose product is too large; nothing at all where a norm is not finite.
   *
   * @throws TensorException if the state has another layout
   */
  public Scaled apply(TrainingState state) {
    if (!state.layout(TrainingState.WEIGHTS).slots().equals(layout.slots())) {
      throw new TensorException(
          "The greatest norm was compiled for "
              + layout.slots().size()
              + " weights that lie in another way than the state's; use one layout for both.");
    }
    try (Scope work = scope.child("step")) {
      List<Tensor> out = program.run(work, List.of(state.weights(), scales));
      double[] norms = HostTensor.of(out.get(0)).doubles();
      double[] ratios = HostTensor.of(out.get(1)).doubles();
      int count = 0;
      for (int i = 0; i < norms.length; i++) {
        count += ratios[i] < 1 ? 1 : 0;
        norms[i] *= ratios[i];
      }
      double mean = Arrays.stream(norms).sum() / norms.length;
      return new Scaled(count, mean, Arrays.stream(norms).max().orElseThrow());
    }
  }

  @Override
  public void close() {
    scope.close();
  }
}

package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.Constants;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Optimizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Limit on the norm of each layer's change: where its Frobenius norm n is above the limit m, the k
 * tensors whose product it is are multiplied by the k-th root of m / n. This is {@code
 * scale_weight_norms} of kohya's sd-scripts, done after a step, as sd-scripts has it for LoRA and
 * LyCORIS for LoKr. LyCORIS stores a number with a LoHa instead, which gives the same change.
 */
public final class MaxNorm implements AutoCloseable {
  /**
   * A layer whose change is limited.
   *
   * @param weights the trained weights whose product the change is, at least one, by the names that
   *     they have in the layout
   * @param scale factor of the product in use: alpha / rank
   * @param norm from these weights, in F64, to the Frobenius norm of their product, []
   */
  public record Layer(List<String> weights, double scale, Function<List<Expr>, Expr> norm) {
    /** Copies the names. */
    public Layer {
      weights = List.copyOf(weights);
    }
  }

  /**
   * Result of the limit.
   *
   * @param count layers whose tensors were scaled
   * @param mean of the norms of all layers, after that
   * @param greatest of them; if it is not finite, nothing was changed
   */
  public record Scaled(int count, double mean, double greatest) {}

  /** A norm that is above the greatest one by less is so by rounding only. */
  private static final double ROUNDING = 1e-6;

  private final Scope scope;
  private final FlatLayout layout;
  private final Program program;

  private MaxNorm(Scope scope, FlatLayout layout, Program program) {
    this.scope = scope;
    this.layout = layout;
    this.program = program;
  }

  /**
   * Compiles it for the weights of a step.
   *
   * @param owner closes it, unless it is closed before
   * @param layout of the states that it is to be applied to
   * @param most the greatest norm, above 0; 1 is usual
   * @param layers at least one; weights of none of them are left alone
   * @throws TensorException if weights are missing, or the optimizer averages weights, which would
   *     undo it
   */
  public static MaxNorm compile(
      Scope owner, TrainingStep step, FlatLayout layout, double most, List<Layer> layers) {
    if (!(most > 0 && most < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "The greatest norm of a change is to be " + most + "; it must be a number above 0.");
    }
    requireFits(step.settings().optimizer());
    if (layers.isEmpty()) {
      throw new TensorException(
          "No layer is trained whose change is a product of what is trained; take the greatest"
              + " norm away.");
    }
    Scope scope = owner.child("max norm");
    return new MaxNorm(scope, layout, stage(scope, step.type(), layout, most, layers));
  }

  /**
   * Checks that norms can be limited with an optimizer.
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

  private static Program stage(
      Scope scope, DType type, FlatLayout layout, double most, List<Layer> layers) {
    Graph graph = new Graph();
    Expr weights = graph.input("weights", type, Shape.of(Shape.UNKNOWN));
    // What is small and stays would keep what is large and goes from being used for the next layer.
    Expr norms = Constants.zeros(graph, DType.F64, Dim.of(layers.size()));
    for (int i = 0; i < layers.size(); i++) {
      Layer layer = layers.get(i);
      List<Expr> parts = new ArrayList<>();
      for (String name : layer.weights()) {
        FlatLayout.Slot slot = slot(layout, name);
        parts.add(part(weights, slot).reshape(slot.parameter().shape().sizes()).to(DType.F64));
      }
      Expr norm = layer.norm().apply(parts).mul(Math.abs(layer.scale()));
      graph.effect("add_", norms.select(0, i), norm);
    }
    Expr large = norms.gt(most * (1 + ROUNDING)).and(norms.isFinite().all());
    Expr ratios = norms.reciprocal().mul(most).maskedFill(large.not(), 1);
    for (int i = 0; i < layers.size(); i++) {
      List<String> names = layers.get(i).weights();
      Expr share = ratios.select(0, i).pow(1.0 / names.size()).to(type);
      names.forEach(name -> graph.effect("mul_", part(weights, slot(layout, name)), share));
    }
    return graph.inference(scope, List.of(norms, ratios));
  }

  private static FlatLayout.Slot slot(FlatLayout layout, String name) {
    return layout
        .slot(name)
        .orElseThrow(
            () ->
                new TensorException(
                    "The weight '"
                        + name
                        + "', whose norm is to be kept small, is not among the "
                        + layout.slots().size()
                        + " that are trained."));
  }

  private static Expr part(Expr weights, FlatLayout.Slot slot) {
    return weights.narrow(0, Dim.of(slot.offset()), Dim.of(slot.parameter().shape().elements()));
  }

  /**
   * Scales the factors of changes that are too large; none if a norm is not finite.
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
      List<Tensor> out = program.run(work, List.of(state.weights()));
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

package dev.lora4j.bench.transformer;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.FlatParameters;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.train.StepSettings;
import dev.lora4j.core.train.TrainingStep;
import dev.lora4j.core.train.optimizer.AdamW;

/** The step as the library stages it: any batch, any number of tokens, any weights. */
final class StepProgram {
  /**
   * PyTorch's numbers but for epsilon. DJL adds it to another term; so small, it makes no
   * difference.
   */
  static final AdamW OPTIMIZER = new AdamW(0.9, 0.999, 1e-12, 0.01);

  static final double RATE = 1e-3;

  /** Greatest norm of the whole gradient; small enough that it is always clipped. */
  static final double CLIP = 1e-3;

  private final Graph graph = new Graph();
  private final FlatParameters factors = new FlatParameters(graph, DType.F32);
  private final TrainedFactors trained = new TrainedFactors(factors);
  private final FrozenWeights weights = new FrozenWeights(DType.F32, "");
  private final Expr loss;

  StepProgram(TransformerSize size) {
    Shape shape = Shape.of(Shape.UNKNOWN, Shape.UNKNOWN, size.width());
    Expr x = graph.input("x", DType.F32, shape);
    Expr target = graph.input("target", DType.F32, shape);
    Weights at = Weights.of(graph, "transformer", weights, trained);
    Expr y = new Transformer(size.blocks(), size.heads()).apply(at, x);
    Expr difference = y.sub(target);
    this.loss = difference.mul(difference).mean();
  }

  TrainingStep compile(Scope scope) {
    return TrainingStep.compile(scope, factors, loss, StepSettings.of(OPTIMIZER, CLIP));
  }

  /** The frozen weights. */
  FlatLayout weights() {
    return FlatLayout.of(weights.parameters());
  }

  /** The factors, as they lie in the state. */
  FlatLayout factors(int rank) {
    return trained.layout(rank);
  }
}

package dev.lora4j.core.mix;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Adapters inside the weights: touched sites get new weights, and the base's own stay as they are,
 * so that taking adapters away is forgetting the patch.
 *
 * <p>The sum is formed in F32 and rounded once to the type of the weights.
 */
public final class Patch {
  private final Program flat;
  private final Program kernel;

  /** Compiles the programs for weights of type {@code dtype}. */
  public Patch(Scope scope, DType dtype) {
    flat = program(scope, dtype, 2);
    kernel = program(scope, dtype, 4);
  }

  private static Program program(Scope scope, DType dtype, int rank) {
    Graph graph = new Graph();
    long any = Shape.UNKNOWN;
    Shape shape = rank == 2 ? Shape.of(any, any) : Shape.of(any, any, any, any);
    Expr weight = graph.input("weight", dtype, shape);
    Expr down = graph.input("down", DType.F32, shape);
    Expr up = graph.input("up", DType.F32, shape);
    Expr spread = graph.input("spread", DType.F32, Shape.of(any, any));
    Expr weights = graph.input("weights", DType.F32, Shape.of(1, any));
    Expr delta = LoraMath.delta(down, up, weights.matmul(spread).reshape(-1));
    Expr shaped = graph.call("view_as", DType.F32, shape, delta, weight);
    return graph.inference(scope, List.of(weight.to(DType.F32).add(shaped).to(dtype)));
  }

  /**
   * The new weights of the touched sites of one model, by weight name, owned by {@code scope}.
   *
   * @param model what the names of the model's sites begin with
   * @param weights one per adapter
   */
  public Map<String, Tensor> apply(
      Scope scope, WeightStore base, String model, List<Adapter> adapters, float[] weights) {
    Map<String, Tensor> patched = new HashMap<>();
    for (String site : Beside.sites(adapters, model)) {
      String name = site.substring(model.length() + 1) + ".weight";
      try (Scope work = scope.child("patch")) {
        Optional<StackedFactors> stacked = StackedFactors.of(work, adapters, site);
        if (stacked.isPresent()) {
          StackedFactors f = stacked.get();
          Tensor weight = base.tensor(name);
          Program program = weight.shape().rank() == 2 ? flat : kernel;
          Tensor row = Tensor.of(work, Shape.of(1, weights.length), weights);
          Tensor sum = program.run(scope, weight, f.down(), f.up(), f.spread(), row).get(0);
          patched.put(name, sum);
        }
      }
    }
    return patched;
  }
}

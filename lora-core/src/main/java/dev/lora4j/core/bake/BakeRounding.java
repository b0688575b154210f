package dev.lora4j.core.bake;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Rounds a sum to the type that is stored, and measures the rounding error. */
final class BakeRounding {
  /**
   * A rounded parameter.
   *
   * @param change Frobenius norm of sum minus base
   * @param rounding Frobenius norm of value minus sum
   */
  record Rounded(HostTensor value, double change, double rounding) {
    Norms norms() {
      return new Norms(change, rounding);
    }
  }

  /** The norms alone, to keep. */
  record Norms(double change, double rounding) {}

  private final Scope scope;
  private final Map<Types, Program> programs = new HashMap<>();

  private record Types(DType base, DType stored) {}

  /** Compiles its programs in {@code scope}, when they are first needed. */
  BakeRounding(Scope scope) {
    this.scope = scope;
  }

  /** Rounds {@code sum}, F32, to {@code stored}. Norms are not finite if a value is not. */
  Rounded of(Scope work, Tensor base, Tensor sum, DType stored) {
    Shape flat = Shape.of(base.shape().elements());
    List<Tensor> out =
        programs
            .computeIfAbsent(new Types(base.dtype(), stored), this::program)
            .run(work, base.view(work, 0, flat), sum.view(work, 0, flat));
    double[] norms = HostTensor.of(out.get(1)).doubles();
    HostTensor value = HostTensor.of(out.get(0)).reshape(base.shape());
    return new Rounded(value, norms[0], norms[1]);
  }

  private Program program(Types types) {
    Graph graph = new Graph();
    Shape any = Shape.of(Shape.UNKNOWN);
    Expr base = graph.input("base", types.base(), any).to(DType.F32);
    Expr sum = graph.input("sum", DType.F32, any);
    Expr rounded = sum.to(types.stored());
    Expr change = norm(sum.sub(base));
    Expr rounding = norm(rounded.to(DType.F32).sub(sum));
    return graph.inference(scope, List.of(rounded, ShapeOps.stack(List.of(change, rounding), 0)));
  }

  private static Expr norm(Expr x) {
    Expr exact = x.to(DType.F64);
    return exact.mul(exact).sum().sqrt();
  }
}

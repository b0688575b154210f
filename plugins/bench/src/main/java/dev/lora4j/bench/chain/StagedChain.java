package dev.lora4j.bench.chain;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HostTensor;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Ours: one program, whose inputs are the matrices of all links. */
final class StagedChain implements Contender {
  private final Scope scope;
  private final Program program;
  private final List<Tensor> tensors = new ArrayList<>();

  StagedChain(Engine engine, ChainInputs inputs) {
    this.scope = engine.scope("chain");
    Graph graph = new Graph();
    Expr x = input(graph, "x", inputs.x(), 0, 1);
    for (int link = 0; link < inputs.links(); link++) {
      Expr weight = input(graph, "weight", inputs.weight(), link, inputs.links());
      Expr down = input(graph, "down", inputs.down(), link, inputs.links());
      Expr up = input(graph, "up", inputs.up(), link, inputs.links());
      Expr y = scaledSum(x.linear(weight), x.linear(down).linear(up));
      x = y.add(x).silu();
    }
    this.program = graph.inference(scope, List.of(x));
  }

  /** Declares an input that is one of {@code parts} equal parts of {@code whole}. */
  private Expr input(Graph graph, String name, HostTensor whole, int part, int parts) {
    Shape shape = whole.shape();
    if (parts > 1) {
      shape = Shape.of(shape.size(1), shape.size(2));
    }
    int length = Math.toIntExact(DType.F32.bytes(shape.elements()));
    ByteBuffer bytes = whole.bytes().slice(part * length, length);
    tensors.add(Tensor.of(scope, DType.F32, shape, bytes));
    return graph.input(name, DType.F32, shape);
  }

  private static Expr scaledSum(Expr a, Expr b) {
    return a.graph()
        .call("add", a.dtype(), a.shape(), a, b, Keyword.of("alpha", ChainInputs.SCALE));
  }

  @Override
  public String name() {
    return "one program";
  }

  @Override
  public double[] check() {
    try (Scope once = scope.child("check")) {
      float[] values = program.run(once, tensors).get(0).floats();
      double[] result = new double[values.length];
      for (int i = 0; i < result.length; i++) {
        result[i] = values[i];
      }
      return result;
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(
        units,
        () -> {
          try (Scope once = scope.child("unit")) {
            program.run(once, tensors);
          }
        });
  }

  @Override
  public void close() {
    scope.close();
  }
}

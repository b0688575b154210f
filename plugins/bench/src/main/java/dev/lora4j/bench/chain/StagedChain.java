package dev.lora4j.bench.chain;

import dev.lora4j.bench.Contender;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Ours: one program, which holds the matrices of all links. */
final class StagedChain implements Contender {
  private final Scope scope;
  private final Program program;
  private final HeldInputs held;
  private final List<Tensor> inputs;

  StagedChain(Engine engine, ChainInputs data) {
    this.scope = engine.scope("chain");
    Graph graph = new Graph();
    Expr x = graph.input("x", DType.F32, data.x().shape());
    List<Tensor> matrices = new ArrayList<>();
    for (int link = 0; link < data.links(); link++) {
      Expr weight = held(graph, "weight", data.weight(), link, matrices);
      Expr down = held(graph, "down", data.down(), link, matrices);
      Expr up = held(graph, "up", data.up(), link, matrices);
      x = scaledSum(x.linear(weight), x.linear(down).linear(up)).add(x).silu();
    }
    this.program = graph.inference(scope, List.of(x));
    this.held = program.hold(scope, matrices);
    this.inputs = List.of(data.x().on(scope));
  }

  /** Declares the matrix of one link, and adds it to those to be held. */
  private Expr held(Graph graph, String name, HostTensor all, int link, List<Tensor> matrices) {
    Shape shape = Shape.of(all.shape().size(1), all.shape().size(2));
    int length = Math.toIntExact(DType.F32.bytes(shape.elements()));
    ByteBuffer bytes = all.bytes().slice(link * length, length);
    matrices.add(Tensor.of(scope, DType.F32, shape, bytes));
    return graph.held(name, DType.F32, shape);
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
      float[] values = program.run(once, held, inputs).get(0).floats();
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
            program.run(once, held, inputs);
          }
        });
  }

  @Override
  public void close() {
    scope.close();
  }
}

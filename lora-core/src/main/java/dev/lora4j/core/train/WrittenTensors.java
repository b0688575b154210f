package dev.lora4j.core.train;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Values that are written into tensors of a state between two steps. */
final class WrittenTensors {
  /** Properties of a tensor that its program is compiled for. */
  private record Kind(DType type, boolean scalar) {}

  private final Scope scope;
  private final Map<Kind, Program> programs = new HashMap<>();

  /**
   * Compiles nothing yet.
   *
   * @param scope owner of the programs
   */
  WrittenTensors(Scope scope) {
    this.scope = scope;
  }

  /** Writes a number into a scalar of F64. */
  void write(Scope work, Tensor target, double value) {
    write(work, target, HostTensor.of(DType.F64, Shape.of(), new double[] {value}));
  }

  /** Writes all bytes of a vector of bytes. */
  void write(Scope work, Tensor target, byte[] values) {
    write(work, target, HostTensor.owning(DType.U8, Shape.of(values.length), values));
  }

  /** Writes all numbers of a scalar or vector. */
  void write(Scope work, Tensor target, HostTensor values) {
    Tensor source = values.on(work, target.dtype());
    Kind kind = new Kind(target.dtype(), target.shape().rank() == 0);
    Program program = programs.computeIfAbsent(kind, this::compile);
    program.run(work, List.of(target, source));
  }

  private Program compile(Kind kind) {
    Graph graph = new Graph();
    Shape shape = kind.scalar() ? Shape.of() : Shape.of(Shape.UNKNOWN);
    Expr target = graph.input("target", kind.type(), shape);
    Expr source = graph.input("source", kind.type(), shape);
    graph.effect("copy_", target, source);
    return graph.inference(scope, List.of(source.add(source)));
  }
}

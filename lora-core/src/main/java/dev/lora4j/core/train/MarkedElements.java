package dev.lora4j.core.train;

import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.optimizer.Optimizer;
import dev.lora4j.core.train.optimizer.OptimizerSlot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Elements of a state's tensors that get another value between two steps, by marks. */
final class MarkedElements {
  /** The value that a program gives to marked elements, and the type of the tensor. */
  private record Filling(DType type, int value) {}

  private final Scope scope;
  private final Map<Filling, Program> programs = new HashMap<>();

  /**
   * Compiles nothing yet.
   *
   * @param scope owner of the programs
   */
  MarkedElements(Scope scope) {
    this.scope = scope;
  }

  /**
   * Checks that an optimizer can forget single elements.
   *
   * @throws TensorException if a slot has several elements of a weight in one code
   */
  static void requireSingle(Optimizer optimizer, FlatLayout layout) {
    for (OptimizerSlot slot : optimizer.memories()) {
      if (slot instanceof OptimizerSlot.Codes codes) {
        for (FlatLayout.Slot weight : layout.slots()) {
          Shape shape = weight.parameter().shape();
          long numbers = codes.shape().apply(shape).elements();
          if (numbers > 0 && numbers < shape.elements()) {
            throw new TensorException(
                "The optimiser '"
                    + optimizer.name()
                    + "' remembers several numbers of a weight in one code ("
                    + codes.name()
                    + "), so that it cannot forget a single one, as this method needs; take another"
                    + " optimiser.");
          }
        }
      }
    }
  }

  /**
   * Gives all marked elements of a vector a value.
   *
   * @param marks 1 for those, 0 for others
   */
  void fill(Scope work, Tensor tensor, byte[] marks, int value) {
    Tensor marked = HostTensor.owning(DType.U8, Shape.of(marks.length), marks).on(work);
    Program program = programs.computeIfAbsent(new Filling(tensor.dtype(), value), this::compile);
    program.run(work, List.of(tensor, marked));
  }

  private Program compile(Filling filling) {
    Graph graph = new Graph();
    Shape vector = Shape.of(Shape.UNKNOWN);
    Expr tensor = graph.input("tensor", filling.type(), vector);
    Expr marked = graph.input("marked", DType.U8, vector);
    Expr value = graph.constant(filling.value(), filling.type());
    graph.effect("where", marked.ne(0), value, tensor, Keyword.of("out", tensor));
    return graph.inference(scope, List.of(marked.sum()));
  }

  /** A copy of a tensor's numbers, F64 ones rounded. */
  static float[] floats(Tensor tensor) {
    HostTensor copy = HostTensor.of(tensor);
    if (copy.dtype() != DType.F64) {
      return copy.floats();
    }
    double[] whole = copy.doubles();
    float[] values = new float[whole.length];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) whole[i];
    }
    return values;
  }

  /** A copy of a tensor's bytes. */
  static byte[] bytes(Tensor tensor) {
    byte[] values = new byte[Math.toIntExact(tensor.shape().elements())];
    tensor.bytes().get(values);
    return values;
  }
}

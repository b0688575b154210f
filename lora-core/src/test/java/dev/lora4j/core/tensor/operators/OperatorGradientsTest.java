package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.operators.Operands.Mode;
import dev.lora4j.core.tensor.operators.Operands.Operand;
import dev.lora4j.core.tensor.operators.StagedCases.Case;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients are those of central finite differences in double precision. All cases of a family are
 * one program, and each run of it moves one element of every case.
 */
class OperatorGradientsTest {
  private static final Engine ENGINE = Engine.open();
  private static final double STEP = 1e-5;
  private static final int ELEMENTS = 32;

  /** An element of the {@code input}-th input, with the gradient that the program gave. */
  private record Element(int input, int index, double gradient) {}

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static List<OperatorFamily> families() {
    return OperatorFamilies.all().stream()
        .filter(f -> f.rows().stream().anyMatch(r -> !r.has(Row.Trait.FLAT)))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("families")
  void gradientsAreThoseOfFiniteDifferences(OperatorFamily family) {
    List<Row> rows = family.rows().stream().filter(r -> !r.has(Row.Trait.FLAT)).toList();
    StagedCases plain = new StagedCases(rows, Mode.KNOWN);
    try (Scope scope = ENGINE.scope("gradients")) {
      Program values = plain.graph().inference(scope, List.of(ShapeOps.cat(scalars(plain), 0)));
      List<Tensor> inputs = plain.inputs(scope);
      List<List<Element>> elements = gradients(rows, scope, inputs, values);
      List<String> wrong = new ArrayList<>();
      Set<Row> moved = new HashSet<>();
      for (int k = 0; k < ELEMENTS; k++) {
        double[] above = shifted(values, inputs, plain.operands(), elements, k, STEP);
        double[] below = shifted(values, inputs, plain.operands(), elements, k, -STEP);
        for (int c = 0; c < elements.size(); c++) {
          if (k < elements.get(c).size()) {
            Element e = elements.get(c).get(k);
            double expected = (above[c] - below[c]) / (2 * STEP);
            Case of = plain.cases().get(c);
            if (!(Math.abs(expected - e.gradient()) <= 1e-6 * (1 + Math.abs(expected)))) {
              wrong.add(of.name() + ", " + e + ": finite differences give " + expected);
            }
            if (e.gradient() != 0) {
              moved.add(of.row());
            }
          }
        }
      }
      rows.stream()
          .filter(r -> !moved.contains(r))
          .forEach(r -> wrong.add("row " + rows.indexOf(r) + " of " + r.method() + " is flat"));
      assertEquals(List.of(), wrong);
    }
  }

  /** For each case up to {@link #ELEMENTS} elements of its real operands. */
  private static List<List<Element>> gradients(
      List<Row> rows, Scope scope, List<Tensor> inputs, Program values) {
    StagedCases staged = new StagedCases(rows, Mode.TRAINED);
    List<Expr> leaves =
        staged.operands().stream().filter(Operand::differentiable).map(Operand::leaf).toList();
    Expr scalars = ShapeOps.cat(scalars(staged), 0);
    List<Expr> outputs = new ArrayList<>(staged.graph().gradients(scalars.sum(), leaves));
    outputs.add(scalars);
    Program program = staged.graph().training(scope, outputs);
    List<Tensor> found = program.run(scope, inputs);
    assertArrayEquals(
        HostTensor.of(values.run(scope, inputs).get(0)).doubles(),
        HostTensor.of(found.get(leaves.size())).doubles(),
        1e-9,
        "values in training and in inference");
    List<List<Element>> all = new ArrayList<>();
    int input = 0;
    int leaf = 0;
    for (Case c : staged.cases()) {
      List<Element> elements = new ArrayList<>();
      for (Operand operand : c.operands()) {
        if (operand.differentiable()) {
          double[] gradient = HostTensor.of(found.get(leaf++)).doubles();
          for (int i = 0; i < gradient.length; i++) {
            elements.add(new Element(input, i, gradient[i]));
          }
        }
        input++;
      }
      all.add(spread(elements));
    }
    return all;
  }

  /** At most {@link #ELEMENTS} of them, evenly spread. */
  private static List<Element> spread(List<Element> elements) {
    List<Element> chosen = new ArrayList<>();
    int count = Math.min(ELEMENTS, elements.size());
    for (int i = 0; i < count; i++) {
      chosen.add(elements.get((int) ((long) i * elements.size() / count)));
    }
    return chosen;
  }

  /** For each case one number that depends on each element of its real results: [1]. */
  private static List<Expr> scalars(StagedCases staged) {
    return staged.cases().stream().map(c -> scalar(staged.graph(), c)).toList();
  }

  private static Expr scalar(Graph graph, Case of) {
    List<Expr> parts = new ArrayList<>();
    for (Expr result : of.results()) {
      if (result.dtype() == DType.F64) {
        Expr flat = result.reshape(-1);
        Dim count = flat.dim(0);
        Keyword real = Keyword.of("dtype", DType.F64);
        Expr number = graph.call("arange", DType.F64, Shape.of(count.known()), count, real);
        parts.add(flat.mul(number.mul(0.7).add(0.5).sin()).sum().reshape(1));
      }
    }
    return ShapeOps.cat(parts, 0).sum().reshape(1);
  }

  /** The cases' scalars with the {@code k}-th element of each moved by {@code step}. */
  private static double[] shifted(
      Program program,
      List<Tensor> inputs,
      List<Operand> operands,
      List<List<Element>> elements,
      int k,
      double step) {
    try (Scope scope = ENGINE.scope("shifted")) {
      List<Tensor> moved = new ArrayList<>(inputs);
      for (List<Element> of : elements) {
        if (k < of.size()) {
          Element e = of.get(k);
          moved.set(e.input(), shifted(operands.get(e.input()).value(), e.index(), step).on(scope));
        }
      }
      return HostTensor.of(program.run(scope, moved).get(0)).doubles();
    }
  }

  private static HostTensor shifted(HostTensor value, int index, double step) {
    ByteBuffer bytes = ByteBuffer.allocate(value.bytes().remaining()).put(value.bytes());
    bytes.order(ByteOrder.LITTLE_ENDIAN).flip();
    bytes.putDouble(8 * index, bytes.getDouble(8 * index) + step);
    return HostTensor.of(value.dtype(), value.shape(), bytes);
  }
}

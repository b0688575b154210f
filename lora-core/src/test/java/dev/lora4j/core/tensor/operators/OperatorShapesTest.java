package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Keyword;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.ShapeOps;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.tensor.operators.Operands.Mode;
import dev.lora4j.core.tensor.operators.StagedCases.Case;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What staging promises of a result's shape and type is what the program gives. */
class OperatorShapesTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static List<OperatorFamily> families() {
    return OperatorFamilies.all();
  }

  @ParameterizedTest
  @MethodSource("families")
  void resultsHaveTheStagedShapesAndTypes(OperatorFamily family) {
    List<HostTensor> known = run(family, Mode.KNOWN);
    List<HostTensor> hidden = run(family, Mode.HIDDEN);
    List<Case> cases = new StagedCases(family.rows(), Mode.KNOWN).cases();
    int next = 0;
    for (Case c : cases) {
      for (int i = 0; i < c.results().size(); i++, next++) {
        assertAlike(known.get(next), hidden.get(next), c.name() + ": values with hidden sizes");
      }
    }
    run(family, Mode.SINGLE);
  }

  /** All results, after their shapes and types were compared with what was staged. */
  private static List<HostTensor> run(OperatorFamily family, Mode mode) {
    StagedCases staged = new StagedCases(family.rows(), mode);
    Graph graph = staged.graph();
    List<Expr> outputs = new ArrayList<>(staged.results());
    outputs.add(ShapeOps.cat(outputs.stream().map(e -> type(graph, e)).toList(), 0));
    try (Scope scope = ENGINE.scope("shapes")) {
      List<Tensor> out = graph.inference(scope, outputs).run(scope, staged.inputs(scope));
      long[] types = out.get(out.size() - 1).longs();
      int next = 0;
      for (Case c : staged.cases()) {
        for (Expr promised : c.results()) {
          Shape found = out.get(next).shape();
          String what = c.name() + " in " + mode + ": ";
          assertEquals(promised.dtype(), DType.ofAten((int) types[next]), what + "element type");
          if (mode.hidden() || c.row().has(Row.Trait.SIZED_BY_VALUES)) {
            assertTrue(
                promised.shape().admits(found),
                what + promised.shape() + " does not admit " + found);
          } else {
            assertEquals(promised.shape(), found, what + "shape");
          }
          next++;
        }
      }
      return out.subList(0, next).stream().map(HostTensor::of).toList();
    }
  }

  /** Equal, but for rounding: what is known may lead to another kernel. */
  private static void assertAlike(HostTensor expected, HostTensor found, String what) {
    assertEquals(expected.shape(), found.shape(), what);
    if (!expected.equals(found)) {
      assertArrayEquals(expected.doubles(), found.doubles(), 1e-12, what);
    }
  }

  /** The number of the type that a value has when the program runs: [1]. */
  private static Expr type(Graph graph, Expr value) {
    Expr code = graph.call("result_type", DType.I64, Shape.of(), value, value);
    return graph.call(
        "full", DType.I64, Shape.of(1), List.of(1), code, Keyword.of("dtype", DType.I64));
  }
}

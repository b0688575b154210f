package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.operators.Operands.Mode;
import dev.lora4j.core.tensor.operators.Operands.Operand;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** In types of 16 bits an operator is computed or refused while staging, and nothing in between. */
class OperatorTypesTest {
  private static final Engine ENGINE = Engine.open();

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @ParameterizedTest
  @EnumSource(names = {"BF16", "F16"})
  void operatorsComputeInOrRefuse16BitTypes(DType type) {
    List<String> wrong = new ArrayList<>();
    for (OperatorFamily family : OperatorFamilies.all()) {
      for (Row row : family.rows()) {
        for (boolean trained : new boolean[] {false, true}) {
          failure(row, type, trained && !row.has(Row.Trait.FLAT)).ifPresent(wrong::add);
        }
      }
    }
    assertEquals("", String.join("\n", wrong));
  }

  /** What goes wrong other than being refused. */
  private static Optional<String> failure(Row row, DType type, boolean trained) {
    Graph graph = new Graph();
    Operands operands = new Operands(graph, new Mode(type, false, trained), 1);
    List<Expr> results;
    try {
      results = row.stage().apply(operands);
    } catch (TensorException e) {
      return e.getMessage().contains(" expects ") ? Optional.empty() : Optional.of(e.getMessage());
    }
    try (Scope scope = ENGINE.scope("types")) {
      List<Tensor> inputs = operands.made().stream().map(o -> o.value().on(scope)).toList();
      if (trained) {
        graph.training(scope, gradients(operands, results)).run(scope, inputs);
      } else {
        graph.inference(scope, results).run(scope, inputs);
      }
      return Optional.empty();
    } catch (TensorException e) {
      return Optional.of(row.method() + (trained ? ", gradient: " : ": ") + e.getMessage());
    }
  }

  private static List<Expr> gradients(Operands operands, List<Expr> results) {
    List<Expr> leaves =
        operands.made().stream().filter(Operand::differentiable).map(Operand::leaf).toList();
    Expr sum =
        results.stream()
            .filter(r -> r.dtype().floating())
            .map(r -> r.to(DType.F32).sum())
            .reduce(Expr::add)
            .orElseThrow();
    return sum.graph().gradients(sum, leaves);
  }
}

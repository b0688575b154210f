package dev.lora4j.core.tensor.operators;

import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.operators.Operands.Mode;
import dev.lora4j.core.tensor.operators.Operands.Operand;
import java.util.ArrayList;
import java.util.List;

/** The cases of many rows in one graph, since compiling a program takes longer than running it. */
final class StagedCases {
  /** A case; its name is that of its layer, which native failures give. */
  record Case(String name, Row row, List<Operand> operands, List<Expr> results) {}

  private final Graph graph = new Graph();
  private final List<Case> cases = new ArrayList<>();

  StagedCases(List<Row> rows, Mode mode) {
    for (int r = 0; r < rows.size(); r++) {
      Row row = rows.get(r);
      for (int i = 0; i < Row.CASES; i++) {
        String name = row.method() + " row " + r + " case " + i;
        graph.enter(name);
        Operands operands = new Operands(graph, mode, name.hashCode());
        cases.add(new Case(name, row, operands.made(), row.stage().apply(operands)));
        graph.leave();
      }
    }
  }

  Graph graph() {
    return graph;
  }

  List<Case> cases() {
    return cases;
  }

  /** All operands, in the order of the program's inputs. */
  List<Operand> operands() {
    return cases.stream().flatMap(c -> c.operands().stream()).toList();
  }

  /** All results. */
  List<Expr> results() {
    return cases.stream().flatMap(c -> c.results().stream()).toList();
  }

  /** Native copies of the operands. */
  List<Tensor> inputs(Scope scope) {
    return operands().stream().map(o -> o.value().on(scope)).toList();
  }
}

package dev.lora4j.core.tensor.operators;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.operators.Operands.Mode;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What does not fit is refused while staging, in words that lead to the mistake. */
class OperatorRefusalsTest {
  static List<Refusal> refusals() {
    return OperatorFamilies.all().stream().flatMap(f -> f.refusals().stream()).toList();
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void refusalsNameLayerExpectedAndFound(Refusal refusal) {
    Graph graph = new Graph();
    graph.enter("blocks.3.proj");
    Operands operands = new Operands(graph, Mode.KNOWN, 1);
    TensorException e = assertThrows(TensorException.class, () -> refusal.stage().apply(operands));
    String message = e.getMessage();
    int expects = message.indexOf(" expects ");
    int found = message.indexOf(", found ");
    assertTrue(message.contains(" in layer blocks.3.proj "), message);
    assertTrue(expects > 0 && found > expects, message);
    assertTrue(message.substring(expects, found).contains(refusal.expected()), message);
    assertTrue(message.substring(found).contains(refusal.found()), message);
  }
}

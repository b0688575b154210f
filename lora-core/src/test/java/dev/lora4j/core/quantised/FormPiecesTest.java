package dev.lora4j.core.quantised;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.FormPieces;
import dev.lora4j.core.nn.FrozenWeights;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Large weights, whose numbers are made some rows at a time. */
class FormPiecesTest {
  private static final Engine ENGINE = Engine.open();

  static Stream<WeightForm> forms() {
    Stream<WeightForm> small =
        Arrays.stream(Scaling.values())
            .flatMap(s -> Stream.of(DType.F8_E4M3, DType.F8_E5M2).map(t -> new Float8Form(t, s)));
    Stream<WeightForm> blocks =
        Stream.of(true, false).map(doubled -> BlockForm.of(CodeBook.NF4, 64, doubled));
    return Stream.of(small, blocks, Stream.of(BlockForm.of(CodeBook.FP4, 7, true), new RowForm()))
        .flatMap(all -> all);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void numbersAreThoseOfTheWhole(WeightForm form) {
    FormPieces.assertSame(ENGINE, form, Shape.of(2500, 1000));
    FormPieces.assertSame(ENGINE, form, Shape.of(8192, 384));
  }

  @Test
  void largeWeightsAloneAreDivided() {
    assertFalse(program(Shape.of(2048, 2048)).contains("for "));
    assertFalse(program(Shape.of(8191, 1024)).contains("for "));
    assertTrue(program(Shape.of(8192, 1024)).contains("for "));
  }

  private static String program(Shape shape) {
    Graph graph = new Graph();
    Expr weight =
        new FrozenWeights(DType.BF16, "", Map.of("w", new RowForm()))
            .weight(graph, new Parameter("w", shape, Parameter.Init.ZEROS));
    return graph.source(List.of(weight), Device.CPU);
  }

  @ParameterizedTest
  @MethodSource("forms")
  void kernelsHaveRowsToo(WeightForm form) {
    boolean square = form instanceof Float8Form f && f.scaling() == Scaling.BLOCK;
    if (!square) {
      FormPieces.assertSame(ENGINE, form, Shape.of(4096, 64, 3, 3));
    }
  }
}

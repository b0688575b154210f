package dev.lora4j.core.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Program;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** Asserts that a form gives the same numbers in pieces as at once. */
public final class FormPieces {
  private FormPieces() {}

  /**
   * Makes up a weight of a form that is large enough for pieces.
   *
   * @param shape of more elements than a piece has
   */
  public static void assertSame(Engine engine, WeightForm form, Shape shape) {
    assertTrue(shape.elements() > QuantisedNumbers.PIECE, shape + " is one piece");
    try (Scope scope = engine.scope("pieces")) {
      Map<String, HostTensor> parts = new HashMap<>(form.constants());
      form.parts(shape).forEach(part -> parts.put(part.name(), madeUp(part)));
      for (DType type : List.of(DType.F32, DType.BF16)) {
        Graph whole = new Graph();
        Map<String, Expr> inputs = new HashMap<>();
        Map<String, Tensor> given = new HashMap<>();
        parts.forEach(
            (name, part) -> {
              inputs.put(name, whole.input(name, part.dtype(), part.shape()));
              given.put(name, part.on(scope));
            });
        Program atOnce = whole.inference(scope, List.of(form.dequantised(inputs, shape, type)));
        Graph divided = new Graph();
        Map<String, Expr> same = new HashMap<>();
        parts.forEach(
            (name, part) -> same.put(name, divided.input(name, part.dtype(), part.shape())));
        Expr made = QuantisedNumbers.inPieces(divided, form, same, shape, type);
        assertTrue(divided.source(List.of(made), Device.CPU).contains("for "), form.canonical());
        Tensor found = divided.inference(scope, List.of(made)).run(scope, given).get(0);
        assertEquals(bytes(atOnce.run(scope, given).get(0)), bytes(found), form + " in " + type);
      }
    }
  }

  private static ByteBuffer bytes(Tensor tensor) {
    return HostTensor.of(tensor).bytes();
  }

  private static HostTensor madeUp(WeightForm.Part part) {
    SplittableRandom random = new SplittableRandom(part.name().hashCode());
    int count = Math.toIntExact(part.shape().elements());
    if (part.dtype() == DType.F32) {
      double[] values = random.doubles(count, 0.01, 2).toArray();
      return HostTensor.of(DType.F32, part.shape(), values);
    }
    byte[] codes = new byte[count];
    random.nextBytes(codes);
    return HostTensor.owning(part.dtype(), part.shape(), codes);
  }
}

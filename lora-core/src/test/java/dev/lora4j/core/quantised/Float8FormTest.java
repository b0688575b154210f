package dev.lora4j.core.quantised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.Float8Form.Scaling;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Small floating-point numbers with and without scales. */
class Float8FormTest {
  private static final int ROWS = 140;
  private static final int COLUMNS = 300;
  private static final Shape SHAPE = Shape.of(ROWS, COLUMNS);

  private static byte[] codes(DType type) {
    byte[] codes = new byte[ROWS * COLUMNS];
    new SplittableRandom(3).nextBytes(codes);
    double[] values = HostTensor.owning(type, SHAPE, codes.clone()).doubles();
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Double.isFinite(values[i]) ? codes[i] : 0;
    }
    return codes;
  }

  private static double scale(Scaling scaling, double[] scales, int row, int column) {
    return switch (scaling) {
      case NONE -> 1;
      case WEIGHT -> scales[0];
      case ROW -> scales[row];
      case BLOCK -> scales[row / 128 * 3 + column / 128];
    };
  }

  @ParameterizedTest
  @EnumSource(Scaling.class)
  void numbersAreCodesTimesTheirScale(Scaling scaling) {
    for (DType type : List.of(DType.F8_E4M3, DType.F8_E5M2)) {
      Float8Form form = new Float8Form(type, scaling);
      byte[] codes = codes(type);
      double[] plain = HostTensor.owning(type, SHAPE, codes).doubles();
      double[] scales = {};
      Map<String, HostTensor> parts = new HashMap<>();
      for (WeightForm.Part part : form.parts(SHAPE)) {
        if (part.name().equals("codes")) {
          parts.put("codes", HostTensor.owning(DType.U8, part.shape(), codes));
        } else {
          scales = new SplittableRandom(4).doubles(part.shape().elements(), 1e-3, 2).toArray();
          HostTensor rounded = HostTensor.of(DType.F32, part.shape(), scales);
          parts.put(part.name(), rounded);
          scales = rounded.doubles();
        }
      }
      double[] found = numbers(new QuantisedWeight(form, SHAPE, parts)).doubles();
      for (int i = 0; i < found.length; i++) {
        double factor = scale(scaling, scales, i / COLUMNS, i % COLUMNS);
        assertEquals((float) (plain[i] * factor), found[i], type + " at " + i);
      }
    }
  }

  @Test
  void roundingKeepsThreeBitsAndTheGreatest() {
    float[] values = new float[ROWS * COLUMNS];
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < values.length; i++) {
      values[i] = i < COLUMNS ? 0 : (float) random.nextGaussian() * (1 << (i / COLUMNS % 12));
    }
    HostTensor found = numbers(new Fp8().quantised(values, SHAPE));
    float[] rounded = new float[values.length];
    found.floats(rounded, 0);
    for (int row = 0; row < ROWS; row++) {
      float most = Rows.greatest(values, row * COLUMNS, COLUMNS);
      for (int i = row * COLUMNS; i < (row + 1) * COLUMNS; i++) {
        // Half a step of 3 bits; below the least exponent half of the least step.
        double bound = Math.max(Math.abs(values[i]) / 16, most / 448 / 1024) * 1.0001;
        assertEquals(values[i], rounded[i], bound, row + ": " + i);
        if (Math.abs(values[i]) == most) {
          assertEquals(values[i], rounded[i], most * 1e-6);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Float8Code.class)
  void everyCodeIsItsOwnNearest(Float8Code type) {
    float[] values = type.numbers();
    for (int code = 0; code < 256; code++) {
      if (Float.isFinite(values[code]) && code != 0x80) {
        assertEquals((byte) code, type.of(values[code]));
      }
    }
    float least = values[1];
    assertEquals(type.most(), values[type.of(1e9f) & 0xff]);
    assertEquals((byte) 0, type.of(least / 2)); // half of the least, to the even code
    assertEquals((byte) 2, type.of(least * 1.5f));
  }

  @Test
  void otherTypesAreRefused() {
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> new Float8Form(DType.F16, Scaling.NONE))
            .getMessage()
            .contains("F8_E4M3 or F8_E5M2, found F16"));
    assertThrows(IllegalArgumentException.class, () -> CodeBook.of(1, Float.NaN));
  }

  private static HostTensor numbers(QuantisedWeight weight) {
    try (Engine engine = Engine.open();
        Scope scope = engine.scope("float8")) {
      Graph graph = new Graph();
      Map<String, Expr> inputs = new HashMap<>();
      Map<String, Tensor> given = new HashMap<>();
      Map<String, HostTensor> all = new HashMap<>(weight.parts());
      all.putAll(weight.form().constants());
      all.forEach(
          (name, value) -> {
            inputs.put(name, graph.input(name, value.dtype(), value.shape()));
            given.put(name, value.on(scope));
          });
      Expr made = weight.form().dequantised(inputs, weight.shape(), DType.F32);
      assertArrayEquals(weight.shape().sizes(), made.shape().sizes());
      return HostTensor.of(graph.inference(scope, List.of(made)).run(scope, given).get(0));
    }
  }
}

package dev.lora4j.core.format.sparse;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tensor comes back to the last bit, and takes room in proportion to what is not zero. */
class SparseCodeTest {
  private static HostTensor random(DType type, Shape shape, double density, long seed) {
    Random random = new Random(seed);
    double[] values = new double[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextDouble() < density ? random.nextGaussian() : 0;
    }
    return HostTensor.of(type, shape, values);
  }

  private static long bytes(SparseCode code) {
    return (long) code.values().bytes().remaining() + code.places().bytes().remaining();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0005, 0.01, 0.1, 0.3, 0.6, 1})
  void tensorComesBackFromItsSmallestForm(double density) {
    int coded = 0;
    for (DType type : SparseCode.TYPES) {
      for (Shape shape : new Shape[] {Shape.of(16, 320, 3, 3), Shape.of(1021, 7), Shape.of(255)}) {
        HostTensor tensor = random(type, shape, density, 7);
        Optional<SparseCode> code = SparseCode.of(tensor);
        long dense = tensor.bytes().remaining();
        if (code.isPresent()) {
          coded++;
          assertEquals(tensor, code.get().tensor(shape));
          assertTrue(bytes(code.get()) < dense);
          long count = code.get().values().shape().elements();
          long most = type.bytes(count) + count + shape.elements() / 255 + 1;
          assertTrue(bytes(code.get()) <= most, bytes(code.get()) + " of " + most);
          assertEquals(
              Optional.empty(),
              SparseCode.problem(
                  code.get().form(),
                  shape.elements(),
                  count,
                  code.get().places().shape().elements()));
        }
      }
    }
    assertEquals(density < 1, coded > 0);
  }

  /** Zeros at the end, and runs around 255, where the code changes. */
  @ParameterizedTest
  @ValueSource(ints = {0, 1, 253, 254, 255, 256, 509, 510, 511, 1000})
  void runsOfZerosAroundTheLongestGap(int zeros) {
    for (int end : new int[] {0, 254, 255, 600}) {
      double[] values = new double[1200 + zeros + end];
      values[zeros] = -0.5;
      values[zeros + 1] = 2;
      HostTensor tensor = HostTensor.of(DType.F32, Shape.of(values.length), values);
      SparseCode code = SparseCode.of(tensor).orElseThrow();
      assertEquals(SparseCode.Form.GAPS, code.form());
      assertEquals(tensor, code.tensor(tensor.shape()));
    }
  }

  /** A negative zero has a bit, so it is kept. */
  @ParameterizedTest
  @ValueSource(strings = {"F32", "F16", "BF16", "F64"})
  void negativeZerosAndNumbersThatAreNoneStay(DType type) {
    double[] values = new double[4096];
    values[100] = -0.0;
    values[101] = Double.NaN;
    values[4095] = Double.MIN_VALUE;
    HostTensor tensor = HostTensor.of(type, Shape.of(64, 64), values);
    assertEquals(tensor, SparseCode.of(tensor).orElseThrow().tensor(tensor.shape()));
  }
}

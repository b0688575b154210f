package dev.lora4j.core.tensor.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Beside the numbers one by one, which are written for clarity. */
class HostFloatsTest {
  /** All numbers of F16, those between two of them, their neighbours, and any bits. */
  private static float[] values() {
    float[] values = new float[1 << 20];
    Random random = new Random(1);
    for (int i = 0; i < values.length; i++) {
      float half = HostNumbers.half((short) (i >>> 2));
      float next = HostNumbers.half((short) ((i >>> 2) + 1));
      values[i] =
          switch (i & 3) {
            case 0 -> half;
            case 1 -> (half + next) / 2;
            case 2 -> Math.nextUp((half + next) / 2);
            default -> Float.intBitsToFloat(random.nextInt());
          };
    }
    return values;
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void bulkFloatsEqualSingleConversions(DType type) {
    float[] values = values();
    double[] wide = new double[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = values[i];
    }
    Shape shape = Shape.of(values.length);
    HostTensor expected = HostTensor.of(type, shape, wide);
    HostTensor found = HostTensor.of(type, shape, values);
    float[] read = new float[values.length + 2];
    found.floats(read, 1);
    double[] numbers = expected.doubles();
    for (int i = 0; i < values.length; i++) {
      assertEquals((float) numbers[i], read[i + 1], "of " + values[i]);
    }
    assertEquals(0, read[0]);
    assertEquals(0, read[values.length + 1]);
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void sumsAreRoundedOnce(DType type) {
    int count = 10_000;
    Random random = new Random(2);
    float[] first = new float[count];
    float[] second = new float[count];
    for (int i = 0; i < count; i++) {
      first[i] = (float) random.nextGaussian();
      second[i] = (float) random.nextGaussian();
    }
    Shape shape = Shape.of(100, 100);
    HostTensor one = HostTensor.of(type, shape, first);
    HostTensor other = HostTensor.of(DType.BF16, shape, second);
    HostTensor sum = HostTensor.sum(DType.F16, List.of(one, other), 0.3f, -0.7f);
    float[] expected = new float[count];
    double[] ones = one.doubles();
    double[] others = other.doubles();
    for (int i = 0; i < count; i++) {
      expected[i] = (float) ones[i] * 0.3f + (float) others[i] * -0.7f;
    }
    assertEquals(HostTensor.of(DType.F16, shape, expected), sum);
    HostTensor flat = one.reshape(Shape.of(count));
    assertThrows(TensorException.class, () -> HostTensor.sum(type, List.of(one, flat), 1, 1));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void zeroIsZeroWithEitherSign(DType type) {
    float[] values = new float[5];
    values[3] = -0.0f;
    assertTrue(HostTensor.of(type, Shape.of(5), values).zero());
    values[4] = -1e-6f;
    assertFalse(HostTensor.of(type, Shape.of(5), values).zero());
  }

  @Test
  void otherTypesAreRefused() {
    HostTensor tensor = HostTensor.of(DType.F64, Shape.of(1), new double[] {1});
    assertThrows(TensorException.class, () -> tensor.floats(new float[1], 0));
    assertThrows(TensorException.class, () -> HostTensor.sum(DType.F32, List.of(tensor), 1));
    assertThrows(
        TensorException.class, () -> HostTensor.of(DType.I32, Shape.of(1), new float[] {1}));
    float[] same = {1, 2};
    float[] read = new float[2];
    HostTensor.of(Shape.of(2), same).floats(read, 0);
    assertArrayEquals(same, read);
  }
}

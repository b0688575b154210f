package dev.lora4j.core.format.writing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class StorageRoundingTest {
  private static final double MAX_HALF = 65504;

  private static double rounded(DType type, double value) {
    return HostTensor.of(type, Shape.of(1), new double[] {value}).doubles()[0];
  }

  /**
   * Every number of the type is itself, and what lies between two goes to the nearer, then even.
   */
  private static void everyNumber(DType type, int infinity) {
    for (int bits = 0; bits < infinity - 1; bits++) {
      double low = value(type, bits);
      double high = value(type, bits + 1);
      double middle = (low + high) / 2;
      assertEquals(low, rounded(type, low));
      assertEquals(-low, rounded(type, -low));
      assertEquals(bits % 2 == 0 ? low : high, rounded(type, middle));
      assertEquals(low, rounded(type, Math.nextDown(middle)));
      assertEquals(high, rounded(type, Math.nextUp(middle)));
    }
  }

  private static double value(DType type, int bits) {
    ByteBuffer bytes = ByteBuffer.allocate(2).order(ByteOrder.LITTLE_ENDIAN);
    return HostTensor.of(type, Shape.of(1), bytes.putShort((short) bits).flip()).doubles()[0];
  }

  @Test
  void everyHalf() {
    everyNumber(DType.F16, 0x7c00);
    assertEquals(MAX_HALF, rounded(DType.F16, 65519.99));
    assertEquals(Double.POSITIVE_INFINITY, rounded(DType.F16, 65520));
    assertEquals(Double.NEGATIVE_INFINITY, rounded(DType.F16, -1e300));
    assertTrue(Double.isNaN(rounded(DType.F16, Double.NaN)));
  }

  @Test
  void everyBrainFloat() {
    everyNumber(DType.BF16, 0x7f80);
    assertEquals(Double.POSITIVE_INFINITY, rounded(DType.BF16, Float.MAX_VALUE));
    assertTrue(Double.isNaN(rounded(DType.BF16, Double.NaN)));
  }

  @Test
  void roundsOnceFromTheProduct() {
    // Rounded to F32 first, this would lie between two halves and go to the even one.
    double product = 1 + Math.pow(2, -11) + Math.pow(2, -30);
    HostTensor one = HostTensor.of(DType.F64, Shape.of(1), new double[] {1});
    HostTensor half = new StorageRounding().of("x", one, product, DType.F16);
    assertEquals(1 + Math.pow(2, -10), half.doubles()[0]);
  }

  @Test
  void singlePrecisionIsJavas() {
    Random random = new Random(7);
    for (int i = 0; i < 10_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      assertEquals((float) value, (float) rounded(DType.F32, value));
    }
  }

  @Test
  void overflowingValuesAreRefusedByName() {
    HostTensor large = HostTensor.of(Shape.of(2), 1f, -70000f);
    AdapterException e =
        assertThrows(
            AdapterException.class,
            () -> new StorageRounding().of("unet.a lora_up.weight", large, 1, DType.F16));
    assertTrue(e.getMessage().contains("unet.a lora_up.weight"), e.getMessage());
    assertTrue(e.getMessage().contains("-70000.0"), e.getMessage());
  }

  @Test
  void valuesRoundedToZeroAreCounted() {
    StorageRounding rounding = new StorageRounding();
    HostTensor small = HostTensor.of(Shape.of(4), 1f, 0f, 1e-9f, 1e-10f);
    rounding.of("x", small, 1, DType.F16);
    assertEquals(List.of("2 of 4 values are so small that they became 0."), rounding.losses());
    assertEquals(List.of(), new StorageRounding().losses());
  }

  @Test
  void sameTypeAndScaleReturnTheSameTensor() {
    HostTensor tensor = HostTensor.of(Shape.of(2), 1f, 2f);
    assertSame(tensor, new StorageRounding().of("x", tensor, 1, DType.F32));
  }

  /** What was rounded before: no reader takes it. */
  @Test
  void nonFiniteStoredValuesAreRefused() {
    HostTensor before = HostTensor.of(DType.F16, Shape.of(2), new double[] {1, 70000});
    AdapterException e =
        assertThrows(
            AdapterException.class,
            () -> new StorageRounding().of("a layer", before, 1, DType.F16));
    assertTrue(e.getMessage().contains("a layer has values that are not finite"), e.getMessage());
  }
}

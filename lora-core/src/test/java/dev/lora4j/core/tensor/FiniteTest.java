package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FiniteTest {
  /** Any bits, and at most one number whose exponent is all ones, at any place. */
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F16", "BF16"})
  void oneNonFiniteNumberIsFoundAnywhere(DType type) {
    int mask = type == DType.F16 ? 0x7c00 : 0x7f80;
    Random random = new Random(1);
    for (int count = 1; count < 12; count++) {
      for (int broken = -1; broken < count; broken++) {
        ByteBuffer bytes = ByteBuffer.allocate(2 * count).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < count; i++) {
          int any = random.nextInt(1 << 16);
          boolean whole = (any & mask) == mask;
          bytes.putShort((short) (i == broken ? any | mask : whole ? any & ~0x0400 : any));
        }
        HostTensor tensor = HostTensor.of(type, Shape.of(count), bytes.flip());
        assertEquals(broken < 0, tensor.finite(), type + " " + count + " " + broken);
      }
    }
  }

  @Test
  void ownedBytesMustFitTheShape() {
    byte[] three = {1, 0, 2};
    assertEquals(
        HostTensor.of(DType.U8, Shape.of(3), ByteBuffer.wrap(three)),
        HostTensor.owning(DType.U8, Shape.of(3), three));
    assertThrows(TensorException.class, () -> HostTensor.owning(DType.F16, Shape.of(2), three));
  }
}

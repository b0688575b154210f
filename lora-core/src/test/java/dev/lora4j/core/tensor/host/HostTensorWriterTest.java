package dev.lora4j.core.tensor.host;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.TensorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HostTensorWriterTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "F16", "BF16"})
  void partsMakeTheWhole(DType type) {
    float[] all = {1, -2.7f, 1e-6f, 3.14159f, 70_000};
    HostTensorWriter writer = new HostTensorWriter(type, Shape.of(5));
    writer.put(new float[] {1, -2.7f, 9}, 2);
    writer.put(new float[] {1e-6f}, 1);
    writer.put(new float[] {3.14159f, 70_000}, 2);
    HostTensor made = writer.tensor();
    assertEquals(HostTensor.of(type, Shape.of(5), all), made);
    float[] part = new float[2];
    made.floats(1, 2, part);
    float[] read = new float[5];
    made.floats(read, 0);
    assertArrayEquals(new float[] {read[1], read[2]}, part);
  }

  @Test
  void tooManyAndTooFewAreRefused() {
    HostTensorWriter writer = new HostTensorWriter(DType.F16, Shape.of(2, 2));
    writer.put(new float[3], 3);
    String few = String.valueOf(assertThrows(TensorException.class, writer::tensor).getMessage());
    assertTrue(few.contains("lacks the last 2 bytes"), few);
    TensorException many = assertThrows(TensorException.class, () -> writer.put(new float[2], 2));
    assertTrue(String.valueOf(many.getMessage()).contains("no room for 2 more"), many.toString());
  }
}

package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DeviceTest {
  @ParameterizedTest
  @CsvSource({"cpu, cpu", "CUDA, cuda:0", "cuda:0, cuda:0", "' cuda:12', cuda:12", "auto, auto"})
  void deviceNamesAreThoseOfPyTorch(String given, String name) {
    assertEquals(name, Device.named(given).toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "gpu", "cuda:", "cuda:-1", "cuda:x", "cuda0", "cpu:0", "cuda:99999"})
  void unknownNameIsRefusedWithTheKnownNames(String given) {
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> Device.named(given));
    assertEquals(
        "there is no device '" + given + "'; expected cpu, cuda, cuda:N or auto", e.getMessage());
  }

  @Test
  void onlyCudaDevicesHaveIndexes() {
    assertThrows(IllegalArgumentException.class, () -> new Device(Device.Kind.CPU, 1));
    assertThrows(IllegalArgumentException.class, () -> Device.cuda(-1));
  }

  @Test
  void halfPrecisionIsForCards() {
    assertTrue(Device.cuda(0).computes(DType.F16));
    assertFalse(Device.CPU.computes(DType.F16));
    assertTrue(Device.CPU.computes(DType.BF16) && Device.cuda(1).computes(DType.F32));
    assertFalse(Device.cuda(0).computes(DType.I64));
  }
}

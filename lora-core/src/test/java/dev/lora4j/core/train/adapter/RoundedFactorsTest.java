package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RoundedFactorsTest {
  private static RoundedFactors rounded(DType type, double... values) {
    HostTensor down = HostTensor.of(DType.F64, Shape.of(1, values.length), values);
    HostTensor up = HostTensor.of(DType.F64, Shape.of(1, 1), new double[] {0});
    Factors factors =
        Factors.of("lora", Map.of("lora_down.weight", down, "lora_up.weight", up), Map.of());
    return RoundedFactors.of(Map.of("layer", List.of(factors)), type, Set.of());
  }

  @Test
  void valuesLostByRoundingAreReported() {
    assertEquals(
        Optional.of(
            "2 of 4 trained values are so small that they became 0 in F16; BF16 or F32 keeps"
                + " them."),
        rounded(DType.F16, 1e-9, -1e-9, 1).lost());
    assertTrue(
        rounded(DType.F16, 1e-9, 7e4, 1)
            .lost()
            .orElseThrow()
            .startsWith("1 of 4 trained values are" + " too large for F16"));
    assertEquals(Optional.empty(), rounded(DType.BF16, 1e-9, 7e4, 1).lost());
  }

  @Test
  void fewVanishedValuesAreNotReported() {
    double[] many = new double[5000];
    java.util.Arrays.fill(many, 1);
    many[0] = 1e-9;
    RoundedFactors rounded = rounded(DType.F16, many);
    assertEquals(1, rounded.vanished());
    assertEquals(Optional.empty(), rounded.lost());
  }
}

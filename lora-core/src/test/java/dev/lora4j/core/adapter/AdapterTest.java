package dev.lora4j.core.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What an adapter is taken for. */
class AdapterTest {
  private static Adapter adapter(float first, double alpha) {
    HostTensor down = HostTensor.of(Shape.of(1, 2), first, 2);
    HostTensor up = HostTensor.of(Shape.of(2, 1), 3, 4);
    return new Adapter(
        "one", Map.of("unet.a", List.of(LoraMath.factors(down, up, alpha))), Map.of("k", "v"));
  }

  @Test
  void identityIsThatOfFactorsAndScales() {
    Adapter one = adapter(1, 1);
    assertEquals(one.identity(), adapter(1, 1).identity());
    assertNotEquals(one.identity(), adapter(1.5f, 1).identity());
    assertNotEquals(one.identity(), adapter(1, 2).identity());
    // It stands in pictures and files, so that no version may compute another one.
    assertEquals(
        "96cd8f175d2e94b6ea64c64b629d679b82d82a88c364bce39fc0bd9835a65557", one.identity());
  }

  @Test
  void identityIsTheSameInAllThreads() {
    Adapter one = adapter(1, 1);
    Set<String> told =
        IntStream.range(0, 64).parallel().mapToObj(i -> one.identity()).collect(Collectors.toSet());
    assertEquals(Set.of(adapter(1, 1).identity()), told);
  }

  @Test
  void nameAndMetadataLeaveIdentityUnchanged() {
    Adapter one = adapter(1, 1);
    Adapter other = one.described("other", Map.of("trigger", "ink"));
    assertEquals("other", other.name());
    assertEquals(Map.of("trigger", "ink"), other.metadata());
    assertSame(one.sites(), other.sites());
    assertEquals(one.identity(), other.identity());
    assertEquals("one", one.name());
    assertEquals(Map.of("k", "v"), one.metadata());
  }
}

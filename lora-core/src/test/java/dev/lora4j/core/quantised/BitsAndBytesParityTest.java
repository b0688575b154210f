package dev.lora4j.core.quantised;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Codes, scales and numbers as bitsandbytes 0.50.2 has them. */
class BitsAndBytesParityTest {
  private static final Engine ENGINE = Engine.open();
  private static Scope scope;
  private static TensorStore golden;

  @BeforeAll
  static void open() throws Exception {
    scope = ENGINE.scope("bitsandbytes");
    golden =
        TensorStore.open(
            Path.of(BitsAndBytesParityTest.class.getResource("bitsandbytes.safetensors").toURI()));
  }

  @AfterAll
  static void close() {
    golden.close();
    scope.close();
    ENGINE.close();
  }

  private static HostTensor golden(String name) {
    TensorInfo info = Optional.ofNullable(golden.tensors().get(name)).orElseThrow();
    return HostTensor.owning(info.dtype(), info.shape(), golden.bytes(name));
  }

  static Stream<String> cases() {
    return golden.tensors().keySet().stream()
        .filter(name -> name.endsWith("/numbers"))
        .map(name -> name.substring(0, name.indexOf('/')));
  }

  private static Quantisation quantisation(String test) {
    boolean doubled = test.endsWith("-double");
    if (test.contains("-nf4")) {
      return new Nf4(64, doubled);
    }
    return test.contains("-fp4") ? new Fp4(64, doubled) : new Int8();
  }

  private static WeightForm form(String test) {
    return quantisation(test).form();
  }

  @Test
  void booksAreTheirs() {
    assertArrayEquals(
        golden("book/nf4").doubles(), HostTensor.of(Shape.of(16), CodeBook.NF4.values()).doubles());
    assertArrayEquals(
        golden("book/fp4").doubles(), HostTensor.of(Shape.of(16), CodeBook.FP4.values()).doubles());
    assertEquals(
        golden("book/dynamic"), HostTensor.of(Shape.of(256), CodeBook.dynamic(true).values()));
    assertEquals(
        golden("book/unsigned"), HostTensor.of(Shape.of(256), CodeBook.dynamic(false).values()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void codesBecomeTheSameNumbers(String test) {
    HostTensor numbers = golden(test + "/numbers");
    Map<String, HostTensor> parts = new HashMap<>();
    for (WeightForm.Part part : form(test).parts(numbers.shape())) {
      parts.put(part.name(), golden(test + "/" + part.name()));
    }
    assertEquals(numbers, numbers(new QuantisedWeight(form(test), numbers.shape(), parts)));
  }

  /**
   * Scales of scales are rounded by another search there, which takes the code beside the nearest
   * now and then, and code 0 where all are equal.
   */
  @ParameterizedTest
  @MethodSource("cases")
  void numbersBecomeTheSameCodes(String test) {
    HostTensor weight = golden(test.substring(0, test.indexOf('-')) + "/weight");
    float[] values = new float[(int) weight.shape().elements()];
    weight.floats(values, 0);
    QuantisedWeight rounded = quantisation(test).quantised(values, weight.shape());
    for (WeightForm.Part part : rounded.form().parts(weight.shape())) {
      HostTensor expected = golden(test + "/" + part.name());
      HostTensor found = rounded.part(part.name());
      assertEquals(part.shape(), found.shape());
      assertEquals(part.dtype(), found.dtype());
      boolean nested = test.endsWith("-double") && !part.name().equals("codes");
      if (!nested) {
        assertEquals(expected, found, part.name());
      } else if (part.dtype() == DType.F32) {
        assertArrayEquals(expected.doubles(), found.doubles(), 1e-5, part.name());
      } else if (!test.startsWith("zero")) {
        assertArrayEquals(expected.doubles(), found.doubles(), 1, part.name());
      }
    }
    double[] theirs = golden(test + "/numbers").doubles();
    double most = Arrays.stream(theirs).map(Math::abs).max().orElseThrow();
    assertArrayEquals(theirs, numbers(rounded).doubles(), 2e-3 * most);
  }

  private static HostTensor numbers(QuantisedWeight weight) {
    Map<String, Tensor> tensors = new HashMap<>();
    try (Scope work = scope.child("numbers")) {
      weight
          .parts()
          .forEach((name, part) -> tensors.put(WeightForm.tensor("w", name), part.on(work)));
      weight
          .form()
          .constants()
          .forEach((name, part) -> tensors.put(WeightForm.tensor("w", name), part.on(work)));
      WeightStore store =
          WeightStore.quantised(
              "test", DType.F32, tensors, Map.of("w", weight.form()), Map.of("w", weight.shape()));
      return HostTensor.of(store.numbers(work, "w"));
    }
  }
}

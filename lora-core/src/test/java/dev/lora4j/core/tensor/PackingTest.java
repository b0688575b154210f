package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
  private static final int[] PLACES = {64, 256, 1024};

  @Test
  void writtenRulesReadBack() {
    for (Packing packing :
        List.of(
            Packing.NEVER,
            Packing.ALWAYS,
            Packing.square(8),
            Packing.between(0, 512),
            Packing.between(128, Long.MAX_VALUE))) {
      assertEquals(Optional.of(packing), Packing.parse(packing.text()));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "sometimes", "between 1", "between x 3", "BF16 1.00 2.00"})
  void foreignTextsAreNoRule(String text) {
    assertEquals(Optional.empty(), Packing.parse(text));
  }

  @ParameterizedTest
  @CsvSource({
    "false, false, false, never",
    "true, true, true, always",
    "true, true, false, between 0 512",
    "false, true, true, between 128 9223372036854775807",
    "false, true, false, between 128 512",
    "true, false, true, between 0 128",
  })
  void packedAtTheLongestRunOfSizes(boolean few, boolean some, boolean many, String expected) {
    boolean[] faster = {few, some, many};
    assertEquals(expected, FastPaths.between(PLACES, faster).text());
  }

  @ParameterizedTest
  @CsvSource({
    "CONVOLUTION_F32, true, 320, false, true",
    "CONVOLUTION_F32, true, 96, false, true",
    "CONVOLUTION_F32, false, 320, false, false",
    "CONVOLUTION_BF16, true, 64, true, false",
    "CONVOLUTION_BF16, false, 1280, true, false",
    "CONVOLUTION_BF16, true, 96, false, false",
    "CONVOLUTION_BF16, false, 160, false, false",
    "PRODUCT_BF16, false, 96, true, false",
  })
  void sizeDependentPackingIsForOneSize(
      FastPath path, boolean area, int out, boolean any, boolean one) {
    LayerKind kind = LayerKind.of(path, area, 64, out);
    assertTrue(kind.admits(Packing.NEVER));
    assertEquals(any, kind.admits(Packing.ALWAYS));
    assertEquals(any, kind.admits(Packing.between(0, 128)));
    assertEquals(one, kind.admits(Packing.square(8)));
  }

  @ParameterizedTest
  @EnumSource(FastPath.class)
  void measuredRulesAreAdmitted(FastPath path) {
    try (Engine engine = Engine.open()) {
      for (int out : new int[] {64, 96, 160, 352}) {
        for (boolean area : new boolean[] {true, false}) {
          LayerKind kind = LayerKind.of(path, area, 64, out);
          assertTrue(kind.admits(engine.fastPaths().packing(kind)), kind.toString());
        }
      }
    }
  }

  @Test
  void unsafeRememberedRuleIsMeasuredAgain(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("compute.properties");
    LayerKind kind = LayerKind.of(FastPath.CONVOLUTION_F32, true, 320, 320);
    try (Engine engine = Engine.open()) {
      Properties known = new Properties();
      String name = MeasuredChoices.place(engine) + ", " + kind;
      known.setProperty(name, "always");
      try (Writer out = Files.newBufferedWriter(file)) {
        known.store(out, "");
      }
      Packing found = new FastPaths(engine, new MeasuredChoices(file)).packing(kind);
      assertTrue(kind.admits(found), found.text());
    }
  }
}

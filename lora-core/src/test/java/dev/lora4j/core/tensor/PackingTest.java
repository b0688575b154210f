package dev.lora4j.core.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PackingTest {
  private static final int[] PLACES = {64, 256, 1024};

  @Test
  void whatIsWrittenReadsBack() {
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
  void whatSomebodyElseWroteSaysNothing(String text) {
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
    "64, true",
    "128, true",
    "320, true",
    "1280, true",
    "96, false",
    "160, false",
    "4, false"
  })
  void onlyWholeBlocksAreArrangedForAnySize(int out, boolean whole) {
    LayerKind kind = LayerKind.of(FastPath.CONVOLUTION_F32, true, 128, out);
    assertEquals(whole, kind.wholeBlocks());
    assertEquals(whole, kind.surrounding().wholeBlocks());
  }

  @ParameterizedTest
  @EnumSource(
      value = FastPath.class,
      names = {"CONVOLUTION_F32", "CONVOLUTION_BF16"})
  void partsOfBlocksArePackedForOneSizeAtMost(FastPath path) {
    try (Engine engine = Engine.open()) {
      for (int out : new int[] {96, 160, 352}) {
        for (boolean area : new boolean[] {true, false}) {
          Packing.Rule rule = engine.fastPaths().packing(LayerKind.of(path, area, 64, out)).rule();
          assertTrue(rule == Packing.Rule.NEVER || rule == Packing.Rule.SQUARE, out + ": " + rule);
        }
      }
    }
  }
}

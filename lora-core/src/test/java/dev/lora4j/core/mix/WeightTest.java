package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Weights over the steps, and how they are written. */
class WeightTest {
  /** Step 0 of 5 is at a tenth of the way, step 4 at nine tenths. */
  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "0.7; 0.7 0.7 0.7 0.7 0.7",
        "-0.5:0.2-0.6; 0 -0.5 -0.5 0 0",
        "1:0.5-1; 0 0 1 1 1",
        "0@0,1@1; 0.1 0.3 0.5 0.7 0.9",
        "0@0.3,1@0.7; 0 0 0.5 1 1",
        "0@0,1@0.5,0.2@1; 0.2 0.6 1 0.68 0.36",
        "1@0.4,0@0.4; 1 1 0 0 0",
        "0.5@0.5; 0.5 0.5 0.5 0.5 0.5",
        "1,2,3,4,5; 1 2 3 4 5",
        "0, -1; 0 0 -1 -1 -1",
        "1,2,3,4,5,6,7,8,9,10; 2 4 6 8 10",
        "0@0,1@1:cosine; 0.0244717 0.2061074 0.5 0.7938926 0.9755283"
      })
  void weightAtEachStep(String text, String expected) {
    Weight weight = Weight.parse(text);
    List<Double> values = List.of(expected.split(" ")).stream().map(Double::valueOf).toList();
    for (int step = 0; step < 5; step++) {
      assertEquals(values.get(step), weight.at(step, 5), 1e-7, text + " at step " + step);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0.7",
        "-1",
        "1:0.5-1",
        "0.3:0.25-0.75",
        "0@0,1@0.5,0.2@1",
        "0@0,-1@1:cosine",
        "0,0.5,-2"
      })
  void writtenWeightReadsBack(String text) {
    assertEquals(text, Weight.parse(text).text());
    assertEquals(Weight.parse(text), Weight.parse(Weight.parse(text).text()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "much",
        "1:0.5",
        "1:0.8-0.2",
        "1@",
        "1@2",
        "1@0.5,0@0.2",
        "1@0,2",
        "1,",
        "1,x",
        "1,2:0-1",
        "1:2:3",
        "0@0,1@1:round",
        "1e999",
        "NaN"
      })
  void invalidWeightsAreRefused(String text) {
    Exception refused = assertThrows(IllegalArgumentException.class, () -> Weight.parse(text));
    assertTrue(String.valueOf(refused.getMessage()).contains("weight"), refused.getMessage());
  }

  /** Whatever the number of steps, a table of as many values has each at its own step. */
  @Test
  void tableGivesEachStepItsValue() {
    for (int steps = 2; steps <= 200; steps++) {
      Weight table = Weight.table(IntStream.range(0, steps).mapToObj(i -> (double) i).toList());
      for (int step = 0; step < steps; step++) {
        assertEquals(step, table.at(step, steps));
      }
    }
  }

  @Test
  void curveIsScaledByOneNumber() {
    assertEquals(-2, Weight.parse("0@0,1@0.5,-2@1").value());
    assertEquals(0.7, Weight.parse("0.7:0.5-1").value());
    assertEquals(Weight.parse("0@0,0.5@0.5,0.1@1"), Weight.parse("0@0,1@0.5,0.2@1").valued(0.5));
    assertEquals(Weight.parse("3:0.5-1"), Weight.parse("1:0.5-1").valued(3));
    assertEquals(-2, Weight.parse("0,1,-2").value());
    assertEquals(Weight.parse("0,0.5,0.25"), Weight.parse("0,2,1").valued(0.5));
    assertEquals(Weight.of(0.7), Weight.table(List.of(0.7)));
    assertTrue(Weight.parse("1,1").constant());
    assertFalse(Weight.parse("1,0").constant());
    assertEquals(2, Weight.parse("0@0,0@1").valued(2).at(0, 4));
    assertTrue(Weight.parse("2@0,2@1").constant());
    assertFalse(Weight.parse("2@0,1@1").constant());
  }
}

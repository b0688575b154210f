package dev.lora4j.core.adapter.pruning;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.MaskRule;
import dev.lora4j.core.tensor.Shape;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The elements that are masked at each step, by the published rules. */
class MaskRulesTest {
  private static final int STEPS = 200;
  private static final Shape DOWN = Shape.of(4, 50);
  private static final Shape UP = Shape.of(30, 4);

  private final Random random = new Random(5);

  private float[] values(Shape shape) {
    float[] values = new float[(int) shape.elements()];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private MaskRule.Factor factor(Shape shape, BitSet masked) {
    float[] values = values(shape);
    masked.stream().forEach(i -> values[i] = 0);
    return new MaskRule.Factor(shape, values, values(shape), masked);
  }

  private Map<String, MaskRule.Factor> pair(Map<String, BitSet> masks) {
    return Map.of(
        LoraTraining.DOWN, factor(DOWN, masks.getOrDefault(LoraTraining.DOWN, new BitSet())),
        LoraTraining.UP, factor(UP, masks.getOrDefault(LoraTraining.UP, new BitSet())));
  }

  @Test
  void rampFollowsTheCubicCurveAndKeepsWhatItTook() {
    RampMask rule = new RampMask(new Density(0.1), STEPS, 10);
    Map<String, BitSet> masks = new HashMap<>();
    for (int i = 0; i <= STEPS; i++) {
      int step = i;
      assertEquals(step > 20 && step <= 150 && step % 10 == 0, rule.due(step), "step " + step);
      if (!rule.due(step)) {
        continue;
      }
      Map<String, BitSet> before = new HashMap<>(masks);
      masks.putAll(rule.masks(step, pair(masks)));
      double way = (step - 20) / 130.0;
      long expected = Math.round(180 * (1 - Math.pow(1 - way, 3)));
      assertEquals(expected, masks.get(LoraTraining.DOWN).cardinality(), "step " + step);
      before.forEach(
          (part, mask) -> {
            mask.andNot(masks.getOrDefault(part, new BitSet()));
            assertTrue(mask.isEmpty(), part + " came back at step " + step);
          });
    }
    assertEquals(180, masks.get(LoraTraining.DOWN).cardinality());
    assertEquals(108, masks.get(LoraTraining.UP).cardinality());
  }

  /** A direction whose up column is small goes first, however large its down row is. */
  @Test
  void rampWeighsAnElementByTheOtherFactor() {
    float[] down = values(DOWN);
    float[] up = values(UP);
    for (int i = 0; i < 50; i++) {
      down[i] = 1000;
    }
    for (int o = 0; o < 30; o++) {
      up[o * 4] = 1e-9f;
    }
    Map<String, BitSet> masks =
        new RampMask(new Density(0.75), 4, 1)
            .masks(
                3,
                Map.of(
                    LoraTraining.DOWN,
                    new MaskRule.Factor(DOWN, down, new float[0], new BitSet()),
                    LoraTraining.UP,
                    new MaskRule.Factor(UP, up, new float[0], new BitSet())));
    BitSet first = new BitSet();
    first.set(0, 50);
    assertEquals(first, masks.get(LoraTraining.DOWN));
  }

  @Test
  void riglExchangesTheSmallestForTheGreatestGradients() {
    RiglMask rule = new RiglMask(new Density(0.1), STEPS, 20, 0.3);
    Map<String, BitSet> masks = new HashMap<>(rule.masks(0, pair(Map.of())));
    assertEquals(180, masks.get(LoraTraining.DOWN).cardinality());
    for (int step = 2; step <= STEPS; step++) {
      assertEquals(step % 20 == 0 && step < 150, rule.due(step), "step " + step);
      if (!rule.due(step)) {
        continue;
      }
      Map<String, MaskRule.Factor> factors = pair(masks);
      masks.putAll(rule.masks(step, factors));
      int exchanged = (int) (0.15 * (1 + Math.cos(Math.PI * step / 150)) * 20);
      MaskRule.Factor down = factors.get(LoraTraining.DOWN);
      BitSet next = masks.get(LoraTraining.DOWN);
      assertEquals(180, next.cardinality());
      BitSet grown = (BitSet) down.masked().clone();
      grown.andNot(next);
      BitSet dropped = (BitSet) next.clone();
      dropped.andNot(down.masked());
      assertEquals(exchanged, grown.cardinality(), "step " + step);
      assertEquals(exchanged, dropped.cardinality(), "step " + step);
      double least = grown.stream().mapToDouble(i -> Math.abs(down.gradient()[i])).min().orElse(9);
      assertTrue(
          down.masked().stream()
              .filter(i -> !grown.get(i))
              .allMatch(i -> Math.abs(down.gradient()[i]) <= least));
      double most = dropped.stream().mapToDouble(i -> Math.abs(down.values()[i])).max().orElse(0);
      for (int i = 0; i < 200; i++) {
        boolean stays = !down.masked().get(i) && !dropped.get(i);
        assertFalse(stays && Math.abs(down.values()[i]) < most, "element " + i);
      }
    }
  }

  /** The up factor begins as 0, so that nothing but the first gradient tells its elements apart. */
  @Test
  void riglChoosesWhatBeginsAsZeroByTheFirstGradient() {
    RiglMask rule = new RiglMask(new Density(0.1), STEPS, 20, 0.3);
    float[] gradient = values(UP);
    MaskRule.Factor zeros = new MaskRule.Factor(UP, new float[120], gradient, new BitSet());
    assertTrue(rule.masks(0, Map.of(LoraTraining.UP, zeros)).get(LoraTraining.UP).isEmpty());
    BitSet mask = rule.masks(1, Map.of(LoraTraining.UP, zeros)).get(LoraTraining.UP);
    assertEquals(108, mask.cardinality());
    double least = 9;
    for (int i = mask.nextClearBit(0); i < 120; i = mask.nextClearBit(i + 1)) {
      least = Math.min(least, Math.abs(gradient[i]));
    }
    double kept = least;
    assertTrue(mask.stream().allMatch(i -> Math.abs(gradient[i]) <= kept));
  }

  @Test
  void densityIsAShareAndKeepsAtLeastOne() {
    assertThrows(IllegalArgumentException.class, () -> new Density(0));
    assertThrows(IllegalArgumentException.class, () -> new Density(1.01));
    assertThrows(IllegalArgumentException.class, () -> new Density(Double.NaN));
    assertEquals(1, new Density(0.01).kept(8));
    assertEquals(19, new Density(0.1).kept(199));
    assertEquals(8, new Density(1).kept(8));
  }
}

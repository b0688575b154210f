package dev.lora4j.core.lowrank;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.lora4j.core.lowrank.RankRule.Kind;
import org.junit.jupiter.api.Test;

class RankRuleTest {
  private static final double[] VALUES = {10, 5, 2, 1, .5, .1};

  private static int rank(Kind kind, double value) {
    return RankRule.dynamic(kind, value).rank(new Spectrum(VALUES));
  }

  @Test
  void rankRulesFollowTheirDefinitions() {
    assertEquals(4, RankRule.fixed(4).rank(new Spectrum(VALUES)));
    assertEquals(6, RankRule.fixed(64).rank(new Spectrum(VALUES)));
    assertEquals(1, rank(Kind.SV_RATIO, 2));
    assertEquals(2, rank(Kind.SV_RATIO, 2.001));
    assertEquals(6, rank(Kind.SV_RATIO, 1000));
    // Shares of the Frobenius norm: .8762, .9796, .9952, .9990, .99996, 1.
    assertEquals(1, rank(Kind.SV_FRO, .876));
    assertEquals(2, rank(Kind.SV_FRO, .877));
    assertEquals(4, rank(Kind.SV_FRO, .9989));
    assertEquals(6, rank(Kind.SV_FRO, 1));
    // Shares of the sum: .5376, .8065, .9140, .9677, .9946, 1.
    assertEquals(1, rank(Kind.SV_CUMULATIVE, .53));
    assertEquals(3, rank(Kind.SV_CUMULATIVE, .9));
    assertEquals(6, rank(Kind.SV_CUMULATIVE, .999));
  }

  @Test
  void limitsHold() {
    assertEquals(2, RankRule.dynamic(Kind.SV_FRO, 1).atMost(2).rank(new Spectrum(VALUES)));
    assertEquals(1, RankRule.fixed(4).rank(new Spectrum(0, 0, 0)));
    assertEquals(1, RankRule.dynamic(Kind.SV_RATIO, 5).rank(new Spectrum()));
    assertThrows(IllegalArgumentException.class, () -> RankRule.fixed(0));
    assertThrows(IllegalArgumentException.class, () -> RankRule.dynamic(Kind.SV_FRO, 1.1));
    assertThrows(IllegalArgumentException.class, () -> RankRule.dynamic(Kind.SV_RATIO, .5));
  }

  @Test
  void sdScriptsRuleKeepsOneMoreDirection() {
    assertEquals(3, RankRule.dynamic(Kind.SV_FRO, .9).asSdScripts().rank(new Spectrum(VALUES)));
    assertEquals(2, RankRule.dynamic(Kind.SV_FRO, .9).rank(new Spectrum(VALUES)));
    assertEquals(1, RankRule.dynamic(Kind.SV_FRO, .9).asSdScripts().rank(new Spectrum(1e-7, 1e-8)));
    assertEquals(4, RankRule.fixed(4).asSdScripts().rank(new Spectrum(VALUES)));
  }
}

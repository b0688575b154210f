package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdditiveMethod;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.gralora.GraloraMethod;
import dev.lora4j.core.adapter.miss.MissMethod;
import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.adapter.randlora.RandloraMethod;
import dev.lora4j.core.adapter.sparse.SparseMethod;
import dev.lora4j.core.adapter.vera.VeraMethod;
import dev.lora4j.core.lowrank.DeltaNorm;
import dev.lora4j.core.tensor.Engine;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The norm of a change that is not made is that of the change, whatever the method. */
class DeltaNormCasesTest {
  private static final Engine ENGINE = Engine.open();

  /** Sums whose norm the factors alone do not tell. */
  private static final Set<String> WITHOUT =
      Set.of(
          SparseMethod.NAME,
          MissMethod.NAME,
          GraloraMethod.NAME,
          VeraMethod.NAME,
          MoraMethod.NAME,
          RandloraMethod.NAME);

  private static final Mixing MIXING = new Mixing(ENGINE.scope("norms"));

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<MethodCase> cases() {
    return MethodCase.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theNormIsThatOfTheChange(MethodCase at) {
    for (Factors factors : at.factors()) {
      OptionalDouble found = DeltaNorm.of(factors);
      boolean sums = Methods.named(factors.method()) instanceof AdditiveMethod;
      assertEquals(sums && !WITHOUT.contains(factors.method()), found.isPresent());
      if (found.isPresent()) {
        double sum = 0;
        for (double d :
            MIXING.additive(factors, (m, staged) -> m.delta(at.site(), staged)).doubles()) {
          sum += d * d;
        }
        assertTrue(sum > 0);
        assertEquals(Math.sqrt(sum), found.getAsDouble(), 1e-5 * Math.sqrt(sum));
        assertTrue(DeltaNorm.cost(factors) > 0);
      }
    }
  }
}

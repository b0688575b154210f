package dev.lora4j.core.mix;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.adapter.LayerParameter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.RowSlice;
import dev.lora4j.core.adapter.RowSlice.Range;
import dev.lora4j.core.adapter.lora.LoraMath;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A layer's factors for some of its rows change those rows as the factors for all of them do. */
class RowsContractTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("rows");
  private static final Mixing MIXING = new Mixing(SCOPE);

  /** What cannot be said of some rows alone, or not of rows that cut a block. */
  private static final Set<String> REFUSABLE =
      Set.of("boft", "diag-oft", "dora", "gralora", "miss-bat", "mora", "randlora", "tlora");

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  static Stream<MethodCase> linear() {
    return MethodCase.ALL.stream()
        .filter(c -> c.dtype() == DType.F32 && c.site().kind() == Site.Kind.LINEAR);
  }

  private static List<RowSlice> shares(long out) {
    Range first = new Range(0, out / 2);
    Range second = new Range(out / 2, out - out / 2);
    Range one = new Range(0, 1);
    Range others = new Range(1, out - 1);
    return List.of(
        new RowSlice(List.of(first), List.of(first, second)),
        new RowSlice(List.of(second), List.of(first, second)),
        new RowSlice(List.of(second, first), List.of(new Range(0, out))),
        new RowSlice(List.of(one), List.of(one, others)),
        new RowSlice(List.of(others), List.of(one, others)));
  }

  @ParameterizedTest
  @MethodSource("linear")
  void factorRowsGiveDeltaRows(MethodCase at) {
    List<Factors> factors = at.factors();
    int divided = 0;
    for (RowSlice share : shares(at.site().out())) {
      MethodCase part = part(at, share);
      List<Factors> rows;
      try {
        rows =
            factors.stream().map(f -> Methods.named(f.method()).rows(at.site(), f, share)).toList();
      } catch (AdapterException e) {
        assertTrue(REFUSABLE.contains(at.method()), e.getMessage());
        assertTrue(String.valueOf(e.getMessage()).contains(at.site().name()), e.getMessage());
        continue;
      }
      divided++;
      for (LayerParameter target : LayerParameter.values()) {
        if (at.layer().containsKey(target.parameter())) {
          HostTensor whole =
              MIXING.merge(at, target, List.of(at.adapter(factors)), AdapterOrder.IN_TURN, 1);
          HostTensor found =
              MIXING.merge(part, target, List.of(part.adapter(rows)), AdapterOrder.IN_TURN, 1);
          double error = Mixing.error(found.doubles(), share.of(whole).doubles());
          assertTrue(error <= 1e-6, share + " " + target + ": " + error);
        }
      }
    }
    assertTrue(
        divided > 0
            || Set.of("boft", "dora", "gralora", "mora", "randlora", "tlora").contains(at.method()),
        "divided nowhere");
  }

  private static MethodCase part(MethodCase at, RowSlice share) {
    Map<String, HostTensor> layer = new TreeMap<>(at.layer());
    layer.replaceAll((name, t) -> name.equals("x") ? t : share.of(t));
    Site site =
        Site.linear("unet.part", at.site().weight().with(0, share.count()), at.site().bias());
    return new MethodCase(
        at.name(),
        at.method(),
        site,
        at.dtype(),
        at.roles(),
        at.settings(),
        layer,
        at.merged(),
        at.outputs());
  }

  @Test
  void everyMethodIsTried() {
    Set<String> tried = new TreeSet<>();
    linear().forEach(c -> c.factors().forEach(f -> tried.add(f.method())));
    assertEquals(MethodMatrixTest.withFactors(), tried);
  }

  @Test
  void pairsThatWerePutTogetherAreTakenApart() {
    float[] up = {1, 0, 2, 0, 0, 3, 0, 4};
    Factors together =
        LoraMath.factors(
            HostTensor.of(Shape.of(2, 2), 5, 6, 7, 8), HostTensor.of(Shape.of(4, 2), up), 1);
    Range first = new Range(0, 2);
    Range second = new Range(2, 2);
    RowSlice share = new RowSlice(List.of(second), List.of(first, second));
    Site whole = Site.linear("whole", Shape.of(4, 2), false);
    Factors mine = Methods.named("lora").rows(whole, together, share);
    Factors alone =
        LoraMath.factors(
            HostTensor.of(Shape.of(1, 2), 7, 8), HostTensor.of(Shape.of(2, 1), 3, 4), 0.5);
    assertEquals(alone, mine);
  }
}

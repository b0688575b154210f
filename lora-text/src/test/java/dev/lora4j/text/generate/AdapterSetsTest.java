package dev.lora4j.text.generate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sets of adapters are made, kept and closed. */
class AdapterSetsTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  @TempDir private static Path temporary;
  private static ChanceModel model;
  private static final List<Adapter> ADAPTERS = new ArrayList<>();
  private Scope scope;
  private AdapterSets sets;

  @BeforeAll
  static void open() {
    model = new ChanceModel(ENGINE, temporary.resolve("model"));
    for (int i = 0; i < 12; i++) {
      ADAPTERS.add(ChanceAdapters.small(model.programs.base(), 10 + i));
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @BeforeEach
  void begin() {
    scope = model.scope.child("sets");
    sets = new AdapterSets(scope, model.programs);
  }

  @AfterEach
  void end() {
    sets.close();
    scope.close();
  }

  private static MixPlan mix(int number, double weight) {
    return MixPlan.of(ADAPTERS.get(number), weight);
  }

  private AdapterSet set(MixPlan... plans) {
    RowMix like = RowMix.of(model.programs.base(), plans[0]);
    return sets.of(like.merged(), List.of(plans)).set();
  }

  @Test
  void otherWeightsTakeTheSameSet() {
    AdapterSet set = set(mix(0, 1), mix(1, 0.5));
    assertSame(set, set(mix(1, -3), mix(0, 0.1), mix(0, 0.2)));
  }

  @Test
  void fewerAdaptersTakeALargerSet() {
    AdapterSet set = set(mix(0, 1), mix(1, 0.5));
    assertSame(set, set(mix(1, 0.7)));
    assertNotSame(set, set(mix(2, 1)));
    assertNotSame(set, set(MixPlan.NONE));
    AdapterSet four = set(mix(0, 1), mix(3, 1), mix(4, 1), mix(5, 1));
    assertNotSame(four, set(mix(5, 1)));
  }

  @Test
  void mergedWeightsAreASetOfTheirOwn() {
    AdapterSet merged = set(mix(0, 1).route(Route.MERGED));
    assertNotSame(merged, set(mix(0, 1)));
    assertNotSame(merged, set(mix(0, 0.5).route(Route.MERGED)));
    assertSame(merged, set(mix(0, 1).route(Route.MERGED)));
  }

  @Test
  void lastSetsStayWhenUnused() {
    for (int i = 0; i < 12; i++) {
      set(mix(i, 1));
    }
    AdapterSet last = set(mix(11, 1));
    AdapterSet used = set(mix(0, 1));
    int open = scope.size();
    sets.retain(List.of(used));
    // Factors of unused sets take up to a quarter of the base's bytes.
    long room = model.programs.base().weights().bytes() / 4;
    long spare = Math.min(8, room / used.bytes());
    assertTrue(spare > 1, "room for " + spare);
    assertEquals(open - 12 + 1 + spare, scope.size());
    assertSame(last, set(mix(11, 1)));
    assertSame(used, set(mix(0, 1)));
  }

  @Test
  void oneUnusedMergedSetStays() {
    AdapterSet first = set(mix(0, 1).route(Route.MERGED));
    AdapterSet second = set(mix(1, 1).route(Route.MERGED));
    sets.retain(List.of());
    assertSame(second, set(mix(1, 1).route(Route.MERGED)));
    assertNotSame(first, set(mix(0, 1).route(Route.MERGED)));
  }
}

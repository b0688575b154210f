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
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which sets of adapters are made, kept and closed. */
class AdapterSetsTest {
  private static final Engine ENGINE = Engine.open(EngineOptions.DEFAULT.threads(1));

  private static final int SLOTS = 8;

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

  /** The set of rows with these mixes, each in the slot of its number. */
  private AdapterSet set(MixPlan... plans) {
    return set(SLOTS, plans);
  }

  private AdapterSet set(int slots, MixPlan... plans) {
    List<GenerationRow> rows = new ArrayList<>();
    for (MixPlan plan : plans) {
      RowMix mix = RowMix.of(model.programs.base(), plan);
      GenerationRequest request = GenerationRequest.greedy(new int[] {1, 2}, 4, plan);
      GenerationRow row = new GenerationRow(request, mix, "");
      row.slot(rows.size());
      rows.add(row);
    }
    return sets.of(rows.stream().map(GenerationRow::mix).toList(), rows, slots).set();
  }

  private static MixPlan[] same(int number, int rows) {
    return IntStream.range(0, rows).mapToObj(i -> mix(number, 1 + i)).toArray(MixPlan[]::new);
  }

  @Test
  void rowsWithTheirOwnAdaptersTakeTheSameSet() {
    AdapterSet set = set(mix(0, 1), mix(1, 0.5));
    int open = scope.size();
    assertSame(set, set(mix(1, -3), mix(0, 0.1), mix(0, 0.2)));
    assertSame(set, set(mix(2, 1), mix(3, 1), mix(4, 1), mix(5, 1)));
    assertSame(set, set(MixPlan.NONE, mix(6, 1)));
    assertSame(set, set(mix(7, 1)));
    assertEquals(open, scope.size());
  }

  @Test
  void moreSlotsOrSeveralAdaptersOfARowTakeAnotherSet() {
    AdapterSet set = set(mix(0, 1), mix(1, 1));
    assertNotSame(set, set(2 * SLOTS, mix(0, 1), mix(1, 1)));
    AdapterSet both = set(mix(0, 1).with(ADAPTERS.get(1), 1), mix(1, 1));
    assertNotSame(set, both);
    assertSame(both, set(mix(2, 1).with(ADAPTERS.get(3), 1), MixPlan.NONE));
  }

  @Test
  void adaptersThatManyRowsShareAreStacked() {
    AdapterSet own = set(mix(0, 1), mix(1, 1));
    MixPlan[] eight = Stream.of(same(0, 4), same(1, 4)).flatMap(Stream::of).toArray(MixPlan[]::new);
    AdapterSet both = set(eight);
    assertNotSame(own, both);
    assertSame(own, set(Arrays.copyOfRange(eight, 1, 8)));
    assertSame(both, set(eight));
  }

  @Test
  void adapterThatManyRowsShareStaysStacked() {
    AdapterSet shared = set(same(0, 4));
    assertSame(shared, set(same(0, 6)));
    assertSame(shared, set(same(0, 2)));
    assertNotSame(shared, set(same(1, 4)));
    assertNotSame(shared, set(same(2, 2)));
    assertNotSame(shared, set(MixPlan.NONE));
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
      set(same(i, 4));
    }
    AdapterSet last = set(same(11, 4));
    AdapterSet used = set(same(0, 4));
    int open = scope.size();
    sets.retain(List.of(used));
    // Factors of unused sets take up to a quarter of the base's bytes.
    long room = model.programs.base().weights().bytes() / 4;
    long spare = Math.min(8, room / used.bytes());
    assertTrue(spare > 1, "room for " + spare);
    assertEquals(open - 12 + 1 + spare, scope.size());
    assertSame(last, set(same(11, 4)));
    assertSame(used, set(same(0, 4)));
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

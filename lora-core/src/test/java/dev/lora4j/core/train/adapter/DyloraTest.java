package dev.lora4j.core.train.adapter;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.lora.LoraTraining;
import dev.lora4j.core.adapter.training.TrainableMethods;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.format.metadata.DyloraRule;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.nn.FlatLayout;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.SeededNoise;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A step of DyLoRA is one of a LoRA of the rank that it drew, and a cut adapter is that LoRA. */
class DyloraTest {
  private static final Engine ENGINE = Engine.open();
  private static final Scope SCOPE = ENGINE.scope("dylora");
  private static final PlainNet PLAIN = new PlainNet(SCOPE);
  private static final Family FAMILY = Family.of("the base", new SiteCatalogue(SmallNet.sites()));
  private static final int RANK = 7;
  private static final int KERNELS = 3;
  private static final double ALPHA = 5;
  private static final int STEPS = 40;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static AdapterRecipe recipe(String method, Map<String, String> settings, double times) {
    return AdapterRecipe.DEFAULT
        .method(TrainableMethods.named(method, settings))
        .targets(TargetLayers.of(TargetPreset.ALL))
        .rank(RANK, ALPHA * times)
        .convolutions(KERNELS, ALPHA * times);
  }

  /** The directions used and those trained of {@code rank}, by the paper's code. */
  private record Drawn(int used, int first) {
    static Drawn of(double draw, int rank, int unit, boolean frozen) {
      int units = (rank + unit - 1) / unit;
      int block = (int) Math.floor(draw * units);
      return new Drawn(Math.min(rank, (block + 1) * unit), frozen ? block * unit : 0);
    }
  }

  @ParameterizedTest
  @CsvSource({"frozen, 1", "nested, 1", "frozen, 3", "nested, 2", "frozen, 7"})
  void stepsAreThoseOfTheDrawnRank(String mode, int unit) {
    Map<String, String> settings = Map.of("mode", mode, "unit", "" + unit);
    AdapterPlan plan = recipe("dylora", settings, 1).plan(SmallNet.sites());
    AdapterPlan plain = recipe("lora", Map.of(), 1).plan(SmallNet.sites());
    Map<Integer, Integer> ranks = new TreeMap<>();
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F64);
        TrainedNet lora = new TrainedNet(SCOPE, plain, DType.F64)) {
      float[] initial = net.initial(1);
      double[] flat = SmallNet.values(Shape.of(initial.length), 5, 0.3).doubles();
      for (int step = 0; step < STEPS; step++) {
        double draw = SeededNoise.of(7, 0x64796c6fL, step).uniform();
        boolean frozen = mode.equals("frozen");
        ranks.merge(Drawn.of(draw, RANK, unit, frozen).used(), 1, Integer::sum);
        double[] cut = flat.clone();
        double[] trained = new double[flat.length];
        FlatLayout layout = net.adapter().layout();
        for (AdapterParameter p : net.adapter().parameters()) {
          FlatLayout.Slot slot = layout.slot(p.name()).orElseThrow();
          Shape shape = slot.parameter().shape();
          boolean down = p.part().equals(LoraTraining.DOWN);
          int rank = (int) shape.size(down ? 0 : 1);
          Drawn drawn = Drawn.of(draw, rank, unit, frozen);
          for (int i = 0; i < shape.elements(); i++) {
            long direction = down ? i / (shape.elements() / rank) : i % rank;
            int at = (int) slot.offset() + i;
            // A plain LoRA divides alpha by the whole rank.
            double times = down ? (double) rank / drawn.used() : 1;
            cut[at] = direction < drawn.used() ? flat[at] * times : 0;
            trained[at] = direction >= drawn.first() && direction < drawn.used() ? times : 0;
          }
        }
        TrainedNet.Result expected = lora.run(cut, initial, step);
        TrainedNet.Result found = net.run(flat, initial, step);
        assertTrue(TrainedNet.error(expected.output(), found.output()) < 1e-12);
        double[] gradient = expected.gradient();
        for (int i = 0; i < gradient.length; i++) {
          gradient[i] *= trained[i];
        }
        assertTrue(TrainedNet.error(gradient, found.gradient()) < 1e-12, mode + " " + unit);
        for (int i = 0; i < gradient.length; i++) {
          assertTrue(trained[i] != 0 || found.gradient()[i] == 0, "a frozen direction moves");
        }
      }
    }
    int units = (RANK + unit - 1) / unit;
    assertEquals(units, ranks.size(), "ranks that were drawn: " + ranks);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7})
  void cutAdaptersActAsTheDrawnRank(int rank) {
    AdapterPlan plan = recipe("dylora", Map.of(), 1).plan(SmallNet.sites());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F64)) {
      float[] initial = net.initial(1);
      double[] flat = SmallNet.values(Shape.of(initial.length), 5, 0.3).doubles();
      Map<String, String> header = plan.recipe().method().headerEntries();
      Adapter whole =
          new Adapter(
              "whole", net.adapter().factors(TrainedNet.floats(flat), initial, DType.F32), header);
      DyloraRule rule = DyloraRule.of(new Metadata(whole.metadata())).orElseThrow();
      Adapter cut = rule.cut(whole, rank);
      assertEquals(rank, DyloraRule.cut(new Metadata(cut.metadata())).orElseThrow());
      int step = stepOf(rank);
      double[] trained = net.run(flat, initial, step).output();
      double[] used = PLAIN.patched(cut, FAMILY);
      assertTrue(TrainedNet.error(trained, used) < 1e-5, "rank " + rank);
      if (rank < RANK) {
        assertTrue(TrainedNet.error(trained, PLAIN.patched(whole, FAMILY)) > 1e-3);
      }
    }
  }

  /** A step at which layers of both ranks use their share of {@code rank}. */
  private static int stepOf(int rank) {
    for (int step = 0; step < 1000; step++) {
      double draw = SeededNoise.of(7, 0x64796c6fL, step).uniform();
      if (Drawn.of(draw, RANK, 1, true).used() == rank
          && Drawn.of(draw, KERNELS, 1, true).used() == (rank * KERNELS + RANK - 1) / RANK) {
        return step;
      }
    }
    throw new IllegalStateException("no step draws rank " + rank);
  }

  @Test
  void batchesOfAStepHaveOneRank() {
    StagedAdapter staged = TrainedNet.staged(recipe("dylora", Map.of(), 1).plan(SmallNet.sites()));
    double[] first = draws(staged, 0, 3);
    assertArrayEquals(first, draws(staged, 1, 3));
    assertArrayEquals(first, draws(staged, 0, 3));
    assertTrue(!Arrays.equals(first, draws(staged, 2, 4)));
  }

  private static double[] draws(StagedAdapter staged, long batch, long step) {
    return HostTensor.of(staged.inputs(SCOPE, 1, batch, step).get(0)).doubles();
  }

  @Test
  void ranksThatAreNotThereAreRefused() {
    AdapterPlan plan = recipe("dylora", Map.of("unit", "3"), 1).plan(SmallNet.sites());
    try (TrainedNet net = new TrainedNet(SCOPE, plan, DType.F32)) {
      float[] initial = net.initial(1);
      Adapter whole =
          new Adapter(
              "mine",
              net.adapter().factors(initial, initial, DType.F32),
              plan.recipe().method().headerEntries());
      DyloraRule rule = DyloraRule.of(new Metadata(whole.metadata())).orElseThrow();
      assertRefused(rule, whole, 0, "the ranks 1 to 7");
      assertRefused(rule, whole, 8, "the ranks 1 to 7; rank 8 was asked for");
      assertRefused(rule, whole, 5, "in units of 3 directions; rank 5 is within one. Nearest: 3.");
      rule.cut(whole, 3);
      rule.cut(whole, 7);
    }
    assertThrows(
        IllegalArgumentException.class,
        () -> TrainableMethods.named("dylora", Map.of("unit", "0")));
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                recipe("dylora", Map.of(), 1)
                    .rankStabilised(true)
                    .plan(List.of(Site.linear("unet.to_q", Shape.of(4, 4), false))));
    assertTrue(String.valueOf(refused.getMessage()).contains("alpha / rank at each rank"));
  }

  private static void assertRefused(DyloraRule rule, Adapter adapter, long rank, String told) {
    Exception refused = assertThrows(AdapterException.class, () -> rule.cut(adapter, rank));
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }
}

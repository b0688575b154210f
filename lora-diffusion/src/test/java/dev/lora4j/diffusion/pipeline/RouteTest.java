package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.RouteCost;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.denoising.MixedNetworks;
import dev.lora4j.diffusion.request.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Which way adapters take if the request leaves it open. */
class RouteTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Adapter ONE = SD.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static RouteCost cost(int side) {
    SitePlacement.Of places = SD.base().denoiser().places();
    return new RouteCost(SD.sites(), "unet", places, new GridSize(side, side), 77);
  }

  private static Route choose(int side, int steps, MixPlan... plans) {
    List<MixPlan> all = List.of(plans);
    return cost(side).choose(all, steps, Collections.nCopies(all.size(), 2));
  }

  @Test
  void constantWeightOverManyStepsIsMerged() {
    assertSame(Route.MERGED, choose(8, 100, MixPlan.of(ONE, 0.7)));
    assertSame(Route.MERGED, choose(64, 20, MixPlan.of(ONE, 0.7)));
    // The weights are made once, and left away once.
    assertSame(Route.MERGED, choose(64, 20, MixPlan.of(ONE, Weight.steps(0.2, 0.8, 1))));
  }

  @Test
  void frequentlyChangingWeightsStayUnmerged() {
    assertSame(Route.UNMERGED, choose(8, 20, MixPlan.of(ONE, Weight.parse("0@0,1@1"))));
    List<MixPlan> each = new ArrayList<>();
    for (int i = 1; i <= 8; i++) {
      each.add(MixPlan.of(ONE, 0.1 * i));
    }
    assertSame(Route.UNMERGED, choose(8, 20, each.toArray(new MixPlan[0])));
    MixPlan same = MixPlan.of(ONE, 0.7);
    assertSame(Route.MERGED, choose(8, 100, Collections.nCopies(8, same).toArray(new MixPlan[0])));
  }

  @Test
  void costGrowsWithEveryQuantity() {
    List<MixPlan> plan = List.of(MixPlan.of(ONE, 0.7));
    List<MixPlan> curve = List.of(MixPlan.of(ONE, Weight.parse("0@0,1@1")));
    RouteCost cost = cost(8);
    assertTrue(cost.unmerged(plan, 20, List.of(2)) > cost.unmerged(plan, 10, List.of(2)));
    assertTrue(cost.unmerged(plan, 20, List.of(2)) > cost.unmerged(plan, 20, List.of(1)));
    assertTrue(cost(16).unmerged(plan, 20, List.of(2)) > cost.unmerged(plan, 20, List.of(2)));
    assertEquals(cost.merged(plan, 10), cost.merged(plan, 20));
    assertTrue(cost.merged(curve, 20) > 1.9 * cost.merged(curve, 10));
    assertEquals(0, cost.merged(List.of(MixPlan.NONE), 20));
  }

  /** The picture says which way it was, and a request can ask for another. */
  @Test
  void routeIsRecordedAndCanBeChosen() {
    Prompt fox = Prompt.of("a fox").steps(2);
    MixPlan plan = MixPlan.of(ONE, 0.7);
    String open = SD.generate(fox.mix(plan)).info().route();
    assertTrue(List.of("patched", "beside").contains(open), open);
    assertEquals("patched", SD.generate(fox.mix(plan.route(Route.MERGED))).info().route());
    assertEquals("beside", SD.generate(fox.mix(plan.route(Route.UNMERGED))).info().route());
    assertEquals("none", SD.generate(fox).info().route());
  }

  /** Beside the weights, other weights are other numbers in one input, and nothing else. */
  @Test
  void changingUnmergedWeightsStagesNothing() {
    MixPlan curve = MixPlan.of(ONE, Weight.parse("0@0,1@1")).route(Route.UNMERGED);
    try (Scope scope = SD.scope().child("test")) {
      MixedNetworks networks = new MixedNetworks(scope, SD.base(), SD.programs(), curve, 5);
      Map<String, Tensor> data =
          Map.of(
              "x", Tensor.of(scope, Shape.of(1, 4, 8, 8), new float[256]),
              "timesteps", Tensor.of(scope, Shape.of(1), new float[] {500}),
              "context", Tensor.of(scope, Shape.of(1, 7, 24), new float[168]));
      List<float[]> outputs = new ArrayList<>();
      long compiled = 0;
      long live = 0;
      for (int step = 0; step < 5; step++) {
        try (Scope work = scope.child("step")) {
          outputs.add(networks.unet(work, data, step).floats());
        }
        compiled = step == 0 ? LORA.engine().compiled() : compiled;
        live = step == 0 ? LORA.engine().live() : live;
        assertEquals(compiled, LORA.engine().compiled(), "step " + step);
        assertEquals(live, LORA.engine().live(), "step " + step);
      }
      assertFalse(Arrays.equals(outputs.get(0), outputs.get(4)));
    }
  }
}

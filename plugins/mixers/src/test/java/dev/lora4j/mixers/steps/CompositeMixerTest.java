package dev.lora4j.mixers.steps;

import static dev.lora4j.mixers.steps.Asked.adapter;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Extensions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CompositeMixerTest {
  private static final Adapter INK = adapter("ink");
  private static final Adapter GLOW = adapter("glow");
  private static final Adapter FOG = adapter("fog");
  private static final MixPlan ASKED = MixPlan.of(INK, 0.7).with(GLOW, 0.5).with(FOG, 0);

  private static CompositeMixer mixer(String text) {
    return (CompositeMixer) Extensions.installed().make(Mixer.class, text);
  }

  private static List<String> plans(String text, MixPlan asked) {
    return mixer(text).plans(asked).stream().map(MixPlan::toString).toList();
  }

  @Test
  void plansHaveOneAdapterEach() {
    assertEquals(
        List.of("ink 0.7 + fog 0, text 0", "glow 0.5 + fog 0, text 0"), plans("composite", ASKED));
    assertEquals(List.of("ink 0.7"), plans("composite", MixPlan.of(INK, 0.7)));
    assertEquals(List.of("ink 0 + fog 0"), plans("composite", MixPlan.of(INK, 0).with(FOG, 0)));
  }

  @Test
  void textEncodersTakeOneOrAllAdapters() {
    MixPlan asked =
        MixPlan.of(INK, 0.7).with(new MixPlan.Part(GLOW, ASKED.parts().get(1).weight()).text(2));
    assertEquals(List.of("ink 0.7", "glow 0.5, text 2"), plans("composite", asked));
    assertEquals(
        List.of("ink 0.7 + glow 0, text 2", "ink 0, text 0.7 + glow 0.5, text 2"),
        plans("composite:texts=all", asked));
  }

  @Test
  void outputsAreAveragedByShares() {
    assertArrayEquals(new float[] {5, -1}, compose("composite", new float[] {5, -1}));
    float[][] three = {{1, 2}, {3, 4}, {8, 0}};
    assertArrayEquals(new float[] {4, 2}, compose("composite", three));
    assertArrayEquals(new float[] {5, 1.5f}, compose("composite:shares=2 2 4", three), 1e-6f);
    assertArrayEquals(new float[] {3, 4}, compose("composite:shares=0 0.1 0", three), 1e-6f);
  }

  private static float[] compose(String text, float[]... outputs) {
    try (Lora4j lora = Lora4j.open();
        Scope scope = lora.engine().scope("compose")) {
      Graph graph = new Graph();
      List<Expr> staged = new ArrayList<>();
      List<Tensor> inputs = new ArrayList<>();
      Shape shape = Shape.of(1, 2, 1, 1);
      for (float[] output : outputs) {
        staged.add(graph.input("o" + staged.size(), DType.F32, shape));
        inputs.add(Tensor.of(scope, shape, output));
      }
      Expr progress = graph.input("progress", DType.F32, Shape.of());
      inputs.add(Tensor.of(scope, Shape.of(), 0.5f));
      Expr composed = mixer(text).compose(staged, progress);
      return graph.inference(scope, List.of(composed)).run(scope, inputs).get(0).floats();
    }
  }

  @Test
  void sharesAreOnePerAdapterAndNotZero() {
    assertEquals(3, plans("composite:shares=1 1 1", ASKED).size());
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> plans("composite:shares=1 1", ASKED));
    assertTrue(String.valueOf(refused.getMessage()).contains("2 shares for 3 adapters"));
    assertThrows(ExtensionException.class, () -> mixer("composite:shares=0 0"));
    assertThrows(ExtensionException.class, () -> mixer("composite:shares=1 -1"));
  }
}

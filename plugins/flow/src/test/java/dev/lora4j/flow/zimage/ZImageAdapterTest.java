package dev.lora4j.flow.zimage;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Adapters of several programs on a tiny Z-Image, against diffusers. */
class ZImageAdapterTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD =
      StableDiffusion.open(LORA, TinyPipeline.ZIMAGE.source());

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Adapter adapter(String name) {
    return SD.adapter(ZImageGoldens.FOLDER.resolve(name + ".safetensors"));
  }

  /** Predictions on given inputs. */
  private static double[] predicted(MixPlan plan) {
    try (Scope scope = SD.scope().child("test")) {
      Tensor out =
          SD.rowPredictor(scope, List.of(plan))
              .predict(scope, List.of(0, 0), ZImageParityTest.inputs(scope, "uneven"));
      return HostTensor.of(out).doubles();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"diffusers", "kohya", "musubi", "aitoolkit", "comfy"})
  void predictionsWithAnAdapterAreThoseOfDiffusers(String name) {
    ZImageGoldens.assertClose(name + ".out", predicted(MixPlan.of(adapter(name), 1)));
  }

  @Test
  void theStrengthCounts() {
    ZImageGoldens.assertClose("diffusers.weaker", predicted(MixPlan.of(adapter("diffusers"), 0.6)));
  }

  private static List<float[]> path(Adapter adapter, double weight, Route route) {
    Prompt plain = Prompt.of(Goldens.PROMPT).seed(7).steps(4).size(24, 16).guidance(5);
    return SD.paths(List.of(plain.mix(MixPlan.of(adapter, weight).route(route)))).get(0).latents();
  }

  @ParameterizedTest
  @EnumSource(names = {"MERGED", "UNMERGED"})
  void picturesWithAnAdapterAreThoseOfDiffusers(Route route) {
    List<float[]> found = path(adapter("diffusers"), 0.6, route);
    for (int step = 0; step < 3; step++) {
      ZImageGoldens.assertClose("diffusers.step" + step, Goldens.doubles(found.get(step)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"kohya", "musubi", "aitoolkit", "comfy"})
  void mergedAndUnmergedAreOne(String name) {
    List<float[]> merged = path(adapter(name), 0.5, Route.MERGED);
    List<float[]> unmerged = path(adapter(name), 0.5, Route.UNMERGED);
    for (int step = 0; step < 3; step++) {
      Goldens.assertClose(
          name,
          Goldens.doubles(merged.get(step)),
          Goldens.doubles(unmerged.get(step)),
          ZImageGoldens.CLOSE);
    }
  }

  @Test
  void allLayersAreFound() {
    assertEquals(4 * 7 + 3 + 6, adapter("diffusers").sites().size());
  }

  @Test
  void anAdapterOfStableDiffusion3IsRefused() {
    String message =
        String.valueOf(
            assertThrows(
                    RuntimeException.class,
                    () -> SD.adapter(Goldens.RESOURCES.resolve("kohya.safetensors")))
                .getMessage());
    assertTrue(message.contains("tiny-zimage has no layer for lora_unet_joint_blocks"), message);
    assertTrue(message.contains("made for another base"), message);
  }
}

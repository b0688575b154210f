package dev.lora4j.flow.flux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.MixPlan.Part;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.Region;
import dev.lora4j.flow.Goldens;
import dev.lora4j.flow.TinyPipeline;
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Adapters in a part of the picture, where words and picture share layers. */
class FluxRegionTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinyPipeline.FLUX.source());
  private static final Adapter WHOLE =
      SD.adapter(FluxGoldens.FOLDER.resolve("diffusers.safetensors"));
  private static final MixPlan BESIDE = MixPlan.NONE.route(Route.UNMERGED);
  private static final Prompt FOX = Prompt.of(Goldens.PROMPT).seed(7).steps(3).size(24, 16);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  /** Without what the adapter has at layers that have no place in the picture. */
  private static Part placed() {
    SitePlacement.Of places = SD.base().denoiser().places();
    Map<String, List<Factors>> sites = new TreeMap<>(WHOLE.sites());
    sites.keySet().removeIf(s -> places.of(s) instanceof SitePlacement.Nowhere);
    assertEquals(WHOLE.sites().size() - 3 * 2 - 6 - 1, sites.size(), "modulations, time, last");
    return new Part(new Adapter("placed", sites, Map.of()), Weight.of(0.7));
  }

  /** Columns of the picture. */
  private static RegionMask columns(int from, int to) {
    BufferedImage mask = new BufferedImage(24, 16, BufferedImage.TYPE_INT_RGB);
    for (int x = from; x < to; x++) {
      for (int y = 0; y < 16; y++) {
        mask.setRGB(x, y, 0xffffff);
      }
    }
    return Region.of(from + "-" + to, mask);
  }

  private static double[] latents(Prompt prompt) {
    return Goldens.doubles(SD.paths(List.of(prompt)).get(0).latents().get(1));
  }

  @Test
  void regionOfTheWholePictureIsNone() {
    double[] none = latents(FOX.mix(BESIDE.with(placed())));
    double[] whole = latents(FOX.mix(BESIDE.with(placed().within(columns(0, 24)))));
    Goldens.assertClose("whole", none, whole, 1e-5);
  }

  @Test
  void weightNothingInARegionIsTheBase() {
    Part nothing = new Part(WHOLE, Weight.of(0)).within(columns(0, 12));
    Goldens.assertClose("nothing", latents(FOX), latents(FOX.mix(BESIDE.with(nothing))), 1e-5);
  }

  @Test
  void pictureChangesWhereTheRegionIs() {
    double[] plain = latents(FOX);
    double[] half = latents(FOX.mix(BESIDE.with(placed().within(columns(0, 12)))));
    double inside = 0;
    double outside = 0;
    for (int i = 0; i < plain.length; i++) {
      double change = Math.abs(plain[i] - half[i]);
      if (i % 12 < 6) {
        inside += change;
      } else {
        outside += change;
      }
    }
    assertTrue(inside > 1.5 * outside, inside + " inside, " + outside + " outside");
  }
}

package dev.lora4j.flow;

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
import java.awt.image.BufferedImage;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Contract of adapters in a part of the picture. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class RegionContract {
  private static final MixPlan BESIDE = MixPlan.NONE.route(Route.UNMERGED);

  private final Lora4j lora = Lora4j.open();
  private final StableDiffusion sd;
  private final Adapter adapter;
  private final int nowhere;
  private final Prompt fox;

  /**
   * For a pipeline, whose {@code diffusers.safetensors} is on all linear layers.
   *
   * @param nowhere how many of them have no place in the picture
   */
  protected RegionContract(GoldenPipeline golden, int nowhere) {
    sd = StableDiffusion.open(lora, golden.pipeline().source());
    this.adapter = sd.adapter(golden.adapter("diffusers"));
    this.nowhere = nowhere;
    fox = golden.prompt().steps(3);
  }

  @AfterAll
  void close() {
    sd.close();
    lora.close();
  }

  /** Without what the adapter has at layers that have no place in the picture. */
  private Part placed() {
    SitePlacement.Of places = sd.base().denoiser().places();
    Map<String, List<Factors>> sites = new TreeMap<>(adapter.sites());
    sites.keySet().removeIf(s -> places.of(s) instanceof SitePlacement.Nowhere);
    assertEquals(adapter.sites().size() - nowhere, sites.size(), "modulations, time, last");
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

  private double[] latents(Prompt prompt) {
    return Goldens.doubles(sd.paths(List.of(prompt)).get(0).latents().get(1));
  }

  @Test
  void regionOfTheWholePictureIsNone() {
    double[] none = latents(fox.mix(BESIDE.with(placed())));
    double[] whole = latents(fox.mix(BESIDE.with(placed().within(columns(0, 24)))));
    Goldens.assertClose("whole", none, whole, 1e-5);
  }

  /** A picture whose tokens are a multiple of 32. */
  @Test
  void regionOfAWholeSquareIsNone() {
    Prompt square = fox.size(32, 32);
    double[] none = latents(square.mix(BESIDE.with(placed())));
    double[] whole = latents(square.mix(BESIDE.with(placed().within(columns(0, 24)))));
    Goldens.assertClose("whole", none, whole, 1e-5);
  }

  @Test
  void weightNothingInARegionIsTheBase() {
    Part nothing = new Part(adapter, Weight.of(0)).within(columns(0, 12));
    Goldens.assertClose("nothing", latents(fox), latents(fox.mix(BESIDE.with(nothing))), 1e-5);
  }

  @Test
  void pictureChangesWhereTheRegionIs() {
    double[] plain = latents(fox);
    double[] half = latents(fox.mix(BESIDE.with(placed().within(columns(0, 12)))));
    int columns = 24 / sd.base().vae().scale();
    double inside = 0;
    double outside = 0;
    for (int i = 0; i < plain.length; i++) {
      double change = Math.abs(plain[i] - half[i]);
      if (i % columns < columns / 2) {
        inside += change;
      } else {
        outside += change;
      }
    }
    assertTrue(inside > 1.5 * outside, inside + " inside, " + outside + " outside");
  }
}

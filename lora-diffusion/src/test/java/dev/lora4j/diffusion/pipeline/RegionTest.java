package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Factors;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.MixPlan.Part;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.mix.SitePlacement.Nowhere;
import dev.lora4j.core.mix.SitePlacement.OfTokens;
import dev.lora4j.core.mix.SitePlacement.OnGrid;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.record.AdapterRecord;
import dev.lora4j.diffusion.record.Leakage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.Region;
import dev.lora4j.diffusion.request.StepListener;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Adapters that count in a part of the picture. */
class RegionTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final double CLOSE = 1e-5;
  private static final Adapter WHOLE = adapter("lora-kohya-2");
  private static final Adapter ONE = placed(adapter("lora-kohya"));
  private static final Adapter TWO = placed(WHOLE);
  private static final Prompt FOX = Prompt.of("a red fox").steps(4).guidance(3);
  private static final MixPlan BESIDE = MixPlan.NONE.route(Route.UNMERGED);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Adapter adapter(String name) {
    return SD.adapter(TinySd.FOLDER.resolve(name + ".safetensors"));
  }

  /** Without what it has at layers that have no place in the picture. */
  private static Adapter placed(Adapter adapter) {
    SitePlacement.Of places = SD.base().denoiser().places();
    Map<String, List<Factors>> sites = new TreeMap<>(adapter.sites());
    sites.keySet().removeIf(s -> s.startsWith("unet.") && places.of(s) instanceof Nowhere);
    return new Adapter(adapter.name(), sites, Map.of());
  }

  private static Part part(Adapter adapter, double weight) {
    return new Part(adapter, Weight.of(weight));
  }

  private static RegionMask columns(int from, int to) {
    BufferedImage mask = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 32 * (to - from); i++) {
      mask.setRGB(from + i % (to - from), i / (to - from), 0xffffff);
    }
    return Region.of(from + "-" + to, mask);
  }

  private static List<float[]> latents(Prompt... prompts) {
    try (Scope scope = SD.scope().child("test")) {
      Generation generation =
          new Generation(
              scope,
              SD.base(),
              SD.programs(),
              SD.tokenizers(),
              List.of(prompts),
              StepListener.NONE);
      float[] all = generation.run(StepListener.NONE);
      List<float[]> each = new ArrayList<>();
      for (int i = 0; i < prompts.length; i++) {
        each.add(generation.own(all, i));
      }
      return each;
    }
  }

  private static void assertClose(float[] expected, float[] found) {
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    assertTrue(worst <= CLOSE * scale, worst / scale + " of the scale");
  }

  /** Text encoders and their contexts included: the second adapter has those. */
  @Test
  void fullPictureRegionEqualsNoRegion() {
    for (Part one : List.of(part(ONE, 0.8), part(TWO, 0.5), part(TWO, 0.5).text(0.2))) {
      for (MixPlan others : List.of(BESIDE, BESIDE.with(part(ONE, 0.4)))) {
        assertClose(
            latents(FOX.mix(others.with(one))).get(0),
            latents(FOX.mix(others.with(one.within(columns(0, 32))))).get(0));
      }
    }
  }

  /** Layers without a place are without the adapter, and it is told. */
  @Test
  void layersWithoutAPlaceSkipTheAdapter() {
    RegionMask half = columns(0, 16);
    assertClose(
        latents(FOX.mix(BESIDE.with(part(TWO, 0.5).within(half)))).get(0),
        latents(FOX.mix(BESIDE.with(part(WHOLE, 0.5).within(half)))).get(0));
    MixPlan plan = BESIDE.with(part(WHOLE, 0.5).within(half));
    String told = SD.generate(FOX.steps(1).mix(plan)).info().notes().toString();
    assertTrue(told.contains("such as the time, is without these adapters: lora-kohya-2"), told);
    plan = BESIDE.with(part(TWO, 0.5).within(half));
    assertEquals(List.of(), SD.generate(FOX.steps(1).mix(plan)).info().notes());
  }

  @Test
  void weightNothingInARegionIsTheBase() {
    MixPlan nothing = BESIDE.with(part(TWO, 0).within(columns(0, 16)));
    assertClose(latents(FOX).get(0), latents(FOX.mix(nothing)).get(0));
  }

  @Test
  void batchPicturesHaveTheirOwnRegions() {
    Prompt[] prompts = {
      FOX.mix(BESIDE.with(part(ONE, 0.8).within(columns(0, 16)))),
      FOX.mix(BESIDE.with(part(ONE, 0.8).within(columns(16, 32)))).seed(2),
      FOX.mix(
          BESIDE
              .with(part(ONE, 0.8).within(columns(0, 16)))
              .with(part(TWO, 0.5).within(columns(16, 32)))),
      FOX.mix(BESIDE.with(part(ONE, 0.8).within(columns(4, 20))).with(part(TWO, 0.5))),
      FOX.mix(MixPlan.of(ONE, 0.8)),
      FOX.guidance(1).mix(BESIDE.with(new Part(TWO, Weight.parse("0@0,1@1")).within(columns(8, 9))))
    };
    List<float[]> together = latents(prompts);
    for (int i = 0; i < prompts.length; i++) {
      assertClose(latents(prompts[i]).get(0), together.get(i));
    }
  }

  /** Attention and norms carry changes outside; it is measured, and less than inside. */
  @Test
  void leakageIsMeasured() {
    for (RegionMask area : List.of(columns(0, 16), columns(16, 32))) {
      Part part = part(TWO, 1).within(area);
      BufferedImage with = SD.generate(FOX.mix(BESIDE.with(part))).image();
      BufferedImage without = SD.generate(FOX).image();
      Leakage leakage = Leakage.of(with, without, area);
      assertTrue(leakage.inside() > leakage.outside(), leakage.toString());
      assertTrue(leakage.outside() > 0, leakage.toString());
    }
    BufferedImage one = new BufferedImage(4, 1, BufferedImage.TYPE_INT_RGB);
    BufferedImage other = new BufferedImage(4, 1, BufferedImage.TYPE_INT_RGB);
    other.setRGB(0, 0, 0x1e1e1e);
    other.setRGB(3, 0, 0x000300);
    Leakage made = Leakage.of(one, other, new RegionMask("a", new GridSize(1, 2), 1, 0));
    assertEquals(new Leakage(15, 0.5), made);
    assertEquals("changed by 15.00 of 255 inside its region and by 0.50 outside", made.toString());
  }

  @Test
  void methodsWithoutUnmergedFormAreRefusedInRegions() {
    Adapter dora = Transforming.dora("glossy", ONE, SD.sites());
    String told = refusal(MixPlan.NONE.with(part(dora, 1).within(columns(0, 16))));
    assertTrue(told.contains("glossy (dora) counts in a region alone"), told);
    assertTrue(told.contains("no form beside weights"), told);
    Adapter ia3 = Transforming.ia3("ia3", ONE, SD.sites());
    MixPlan acted = MixPlan.NONE.with(part(ONE, 1).within(columns(0, 16))).with(part(ia3, 0.5));
    assertTrue(refusal(acted).contains("Put it last"), refusal(acted));
    MixPlan last = MixPlan.NONE.with(part(ia3, 0.5)).with(part(ONE, 1).within(columns(0, 16)));
    float[] inTurn = latents(FOX.mix(last)).get(0);
    assertClose(inTurn, latents(FOX.mix(acted.order(AdapterOrder.FROM_BASE))).get(0));
    assertFalse(Arrays.equals(inTurn, latents(FOX.mix(MixPlan.of(ia3, 0.5))).get(0)));
  }

  private static String refusal(MixPlan plan) {
    return String.valueOf(
        assertThrows(AdapterException.class, () -> SD.generate(FOX.mix(plan))).getMessage());
  }

  @Test
  void masks() {
    BufferedImage mask = new BufferedImage(2, 1, BufferedImage.TYPE_INT_RGB);
    assertThrows(IllegalArgumentException.class, () -> Region.of("dark", mask));
    mask.setRGB(1, 0, 0x333333);
    RegionMask area = Region.of("grey", mask);
    assertArrayEquals(new float[] {0, 0.2f}, area.on(area.size()), 1e-6f);
  }

  @Test
  void recordsKnowTheRegion(@TempDir Path folder) {
    RegionMask area = columns(0, 16);
    Path file = folder.resolve("a.png");
    SD.generate(FOX.steps(1).mix(MixPlan.NONE.with(part(ONE, 1).within(area)))).save(file);
    PictureRecord record = PictureRecord.read(file);
    assertEquals(
        new AdapterRecord.Region("0-16", area.hash()),
        record.adapters().get(0).region().orElseThrow());
    assertEquals("beside", record.info().route());
  }

  @Test
  void everySiteHasItsPlacement() {
    SitePlacement.Of places = SD.base().denoiser().places();
    assertEquals(new OnGrid(0), places.of("unet.conv_in"));
    assertEquals(new OnGrid(0), places.of("unet.down_blocks.0.resnets.0.conv1"));
    assertEquals(new OnGrid(1), places.of("unet.down_blocks.0.downsamplers.0.conv"));
    assertEquals(new OnGrid(1), places.of("unet.mid_block.attentions.0.proj_in"));
    assertEquals(new OnGrid(1), places.of("unet.up_blocks.0.resnets.1.conv2"));
    assertEquals(new OnGrid(0), places.of("unet.up_blocks.0.upsamplers.0.conv"));
    assertEquals(new OnGrid(0), places.of("unet.up_blocks.1.attentions.0.proj_out"));
    String block = "unet.up_blocks.1.attentions.0.transformer_blocks.0.";
    assertEquals(new OfTokens(), places.of(block + "attn2.to_k"));
    assertEquals(new OfTokens(), places.of(block + "attn2.to_v"));
    assertEquals(new OnGrid(0), places.of(block + "attn1.to_k"));
    assertEquals(new OnGrid(0), places.of(block + "attn2.to_q"));
    assertEquals(new Nowhere(), places.of("unet.time_embedding.linear_1"));
    assertEquals(new Nowhere(), places.of("unet.add_embedding.linear_2"));
    assertEquals(new Nowhere(), places.of("unet.mid_block.resnets.0.time_emb_proj"));
  }
}

package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.BlockWeights;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.SiteWeights;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.RoundingTolerance;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.TinyXl;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.denoising.MixSummary;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.diffusion.sampling.SigmaSchedule;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pictures made together are those made alone, whatever each of them asks for. */
class BatchTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final double CLOSE = 1e-5;

  /**
   * Inside and beside are sums of other numbers, so that each of the layers in a row rounds anew.
   */
  private static final double ROUTES = RoundingTolerance.inSequence(DType.F32, 9 * 64, 16);

  private static final Adapter ONE = adapter("lora-kohya");
  private static final Adapter TWO = adapter("lora-kohya-2");
  private static final Adapter DORA = Transforming.dora("dora", ONE, SD.sites());
  private static final Adapter IA3 = Transforming.ia3("ia3", TWO, SD.sites());
  private static final Prompt FOX = Prompt.of("a red fox").steps(4).guidance(3);

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Adapter adapter(String name) {
    return SD.adapter(TinySd.FOLDER.resolve(name + ".safetensors"));
  }

  /** The latents of each picture of a batch, and how its adapters took part. */
  private record Made(List<float[]> latents, List<MixSummary> accounts) {}

  private static Made together(StableDiffusion sd, List<Prompt> prompts) {
    try (Scope scope = sd.scope().child("test")) {
      Generation generation =
          new Generation(
              scope, sd.base(), sd.programs(), sd.tokenizers(), prompts, StepListener.NONE);
      float[] all = generation.run(StepListener.NONE);
      List<float[]> latents = new ArrayList<>();
      List<MixSummary> accounts = new ArrayList<>();
      for (int i = 0; i < prompts.size(); i++) {
        latents.add(generation.own(all, i));
        accounts.add(generation.account(i));
      }
      return new Made(latents, accounts);
    }
  }

  /** Each picture of the batch is the one made alone; gives the account of the batch. */
  private static List<MixSummary> assertAsAlone(StableDiffusion sd, Prompt... prompts) {
    Made made = together(sd, List.of(prompts));
    for (int i = 0; i < prompts.length; i++) {
      float[] alone = together(sd, List.of(prompts[i])).latents().get(0);
      assertClose("picture " + i, alone, made.latents().get(i));
      for (int j = 0; j < i; j++) {
        assertTrue(
            error(made.latents().get(j), made.latents().get(i)) > 100 * CLOSE,
            "pictures " + j + " and " + i + " are one");
      }
    }
    return made.accounts();
  }

  private static void assertClose(String what, float[] expected, float[] found) {
    double error = error(expected, found);
    assertTrue(error <= CLOSE, what + ": " + error + " of the scale");
  }

  private static double error(float[] expected, float[] found) {
    assertEquals(expected.length, found.length);
    double scale = 0;
    double worst = 0;
    for (int i = 0; i < expected.length; i++) {
      scale = Math.max(scale, Math.abs(expected[i]));
      worst = Math.max(worst, Math.abs(expected[i] - found[i]));
    }
    return worst / scale;
  }

  @ParameterizedTest
  @ValueSource(strings = {"ddim", "euler-a", "dpmpp-2m-sde", "unipc", "heun", "lcm", "tcd"})
  void picturesHaveTheirOwnTextSeedAndGuidance(String sampler) {
    Prompt plain = FOX.sampler(sampler);
    List<MixSummary> accounts =
        assertAsAlone(
            SD,
            plain,
            plain.text("a cat").negative("a dog").seed(3).guidance(5),
            plain.seed(4).guidance(1),
            plain.text("a (cat:1.4)").clipSkip(1));
    assertEquals(List.of(), accounts.get(0).notes());
  }

  /** Texts of other lengths are not padded with tokens, which would change their pictures. */
  @Test
  void longTextsLeavePicturesOfShortTextsUnchanged() {
    Prompt longer = FOX.text("a red fox BREAK in the snow BREAK at night");
    List<MixSummary> accounts =
        assertAsAlone(SD, FOX, longer, FOX.seed(2), FOX.seed(3).negative("grey BREAK dull"));
    assertTrue(accounts.get(0).notes().toString().contains("3 groups"), accounts.toString());
  }

  @Test
  void batchPicturesHaveTheirOwnMixes() {
    SiteWeights half = BlockWeights.of("IN:0.5,OUT00:0", SD.sites());
    List<MixSummary> accounts =
        assertAsAlone(
            SD,
            FOX.mix(MixPlan.of(ONE, 0.8).with(TWO, 0.5)),
            FOX,
            FOX.mix(MixPlan.of(TWO, 0.6)),
            FOX.mix(MixPlan.of(ONE, -0.5)).guidance(1),
            FOX.mix(MixPlan.NONE.with(ONE, Weight.of(0.8), half)),
            FOX.mix(MixPlan.of(TWO, Weight.steps(0.5, 1, 0.7)).with(ONE, Weight.steps(0, 0.5, 1))),
            FOX.mix(MixPlan.of(ONE, 0.8).with(ONE, 0.4)));
    for (int i = 0; i < accounts.size(); i++) {
      assertEquals(i == 1 ? "none" : "beside", accounts.get(i).route());
      assertEquals(List.of(), accounts.get(i).notes());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"AUTO", "MERGED", "UNMERGED"})
  void everyRouteGivesThePicturesMadeAlone(Route route) {
    List<MixSummary> accounts =
        assertAsAlone(
            SD,
            FOX.mix(MixPlan.of(ONE, 0.8).with(TWO, 0.5).route(route)),
            FOX.mix(MixPlan.of(TWO, 0.6).route(route)),
            FOX.mix(MixPlan.of(ONE, 0.3).route(Route.MERGED)));
    assertEquals("patched", accounts.get(2).route());
  }

  /** A method that changes the weight itself takes its pictures into a group of their own. */
  @Test
  void methodsWithoutUnmergedFormAreMergedAndNoted() {
    MixPlan beside = MixPlan.NONE.route(Route.UNMERGED);
    List<MixSummary> accounts =
        assertAsAlone(
            SD,
            FOX.mix(beside.with(DORA, 0.7)),
            FOX.mix(beside.with(TWO, 0.5)),
            FOX.mix(beside.with(DORA, 0.7).with(TWO, 0.6)),
            FOX.mix(beside.with(TWO, 0.6).with(IA3, Weight.steps(0.5, 1, 0.7))),
            FOX.seed(9));
    String first = accounts.get(0).notes().toString();
    assertTrue(first.contains("dora (dora)"), first);
    assertTrue(first.contains("3 groups") && first.endsWith("has 2]"), first);
    assertEquals("patched", accounts.get(0).route());
    assertEquals("beside", accounts.get(1).route());
    assertEquals("beside", accounts.get(2).route());
    assertTrue(accounts.get(3).notes().toString().contains("lora-kohya-2 (lora), ia3 (ia3)"));
  }

  /** What stands before a method that acts on the weight has to be inside it as well. */
  @Test
  void adaptersBeforeWeightDependentMethodsAreMerged() {
    for (Weight weight : List.of(Weight.of(0.7), Weight.parse("0@0,1@1"))) {
      for (MixPlan plan :
          List.of(
              MixPlan.of(TWO, 0.6).with(IA3, weight),
              MixPlan.of(IA3, weight).with(TWO, 0.6),
              MixPlan.of(ONE, weight).with(IA3, 0.5).with(TWO, weight),
              MixPlan.of(TWO, weight)
                  .with(DORA, 0.5)
                  .with(ONE, 0.3)
                  .order(AdapterOrder.FROM_BASE))) {
        double error =
            error(
                together(SD, List.of(FOX.mix(plan.route(Route.MERGED)))).latents().get(0),
                together(SD, List.of(FOX.mix(plan.route(Route.UNMERGED)))).latents().get(0));
        assertTrue(error <= ROUTES, plan + ": " + error + " of the scale");
      }
    }
  }

  @Test
  void batchPicturesHaveTheirOwnInitImages() {
    Prompt plain = FOX.steps(10);
    List<Prompt> prompts = new ArrayList<>();
    for (Color color : List.of(Color.RED, Color.GREEN)) {
      BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
      image.createGraphics().fillOval(3, 3, 20, 20);
      image.setRGB(5, 5, color.getRGB());
      for (int i = 0; i < 16; i++) {
        image.setRGB(i, 16, color.getRGB());
      }
      Picture picture = Picture.of("start", "", image, 32, 32, Color.WHITE);
      InitImage start = InitImage.of(picture, 0.6);
      prompts.add(plain.start(start));
      prompts.add(plain.seed(2).start(start.within(image)));
    }
    assertAsAlone(SD, prompts.toArray(new Prompt[0]));
  }

  @Test
  void sdxlPicturesTogetherEqualThoseAlone() {
    try (StableDiffusion xl = StableDiffusion.open(LORA, TinyXl.FOLDER)) {
      assertAsAlone(xl, FOX, FOX.text("a cat").seed(3), FOX.negative("a dog").guidance(5));
    }
  }

  @Test
  void stepsAreReportedOnceAndPicturesNumbered() {
    List<Integer> heard = new ArrayList<>();
    List<Prompt> prompts = List.of(FOX, FOX.seed(1), FOX.seed(2).mix(MixPlan.of(ONE, 1)));
    List<GeneratedImage> images = SD.generate(prompts, (step, steps) -> heard.add(step));
    assertEquals(List.of(1, 2, 3, 4), heard);
    for (int i = 0; i < 3; i++) {
      GeneratedImage image = images.get(i);
      assertEquals(List.of(3, i), List.of(image.info().batch(), image.info().row()));
      assertEquals(3, image.record().batch().size());
      assertEquals(image.prompt().seed(), image.record().batch().get(i).prompt().seed());
      int side = image.image().getWidth();
      BufferedImage alone = SD.generate(prompts.get(i)).image();
      int[] expected = alone.getRGB(0, 0, side, side, null, 0, side);
      int[] found = image.image().getRGB(0, 0, side, side, null, 0, side);
      for (int p = 0; p < expected.length; p++) {
        for (int shift = 0; shift < 24; shift += 8) {
          assertEquals(expected[p] >> shift & 0xff, found[p] >> shift & 0xff, 1);
        }
      }
    }
  }

  @Test
  void theSameBatchIsTheSameBits() {
    List<Prompt> prompts = List.of(FOX.mix(MixPlan.of(ONE, 1)), FOX.seed(1), FOX.seed(2));
    List<float[]> first = together(SD, prompts).latents();
    List<float[]> again = together(SD, prompts).latents();
    for (int i = 0; i < 3; i++) {
      assertArrayEquals(first.get(i), again.get(i));
    }
  }

  @Test
  void incompatiblePromptsOfABatchAreRefused() {
    assertRefused("size; picture 1 has 32x32, picture 2 has 64x32", FOX.size(64, 32));
    assertRefused("steps; picture 1 has 4, picture 2 has 5", FOX.steps(5));
    assertRefused("sampler; picture 1 has ddim, picture 2 has euler", FOX.sampler("euler"));
    assertRefused("schedule", FOX.schedule(SigmaSchedule.named("karras")));
    BufferedImage image = new BufferedImage(32, 32, BufferedImage.TYPE_INT_RGB);
    Picture picture = Picture.of("start", "", image, 32, 32, Color.WHITE);
    assertRefused("begin with; picture 1 has 4", FOX.start(InitImage.of(picture, 0.5)));
    assertThrows(IllegalArgumentException.class, () -> SD.generate(List.of(), StepListener.NONE));
  }

  private static void assertRefused(String told, Prompt other) {
    Exception refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> SD.generate(List.of(FOX, other), StepListener.NONE));
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }

  /** What a picture has of a batch on disk is enough to know the whole batch. */
  @Test
  void recordsHoldTheBatch(@TempDir Path folder) {
    MixPlan curve = MixPlan.of(ONE, Weight.parse("0@0,1@0.5:cosine"));
    MixPlan apart = MixPlan.NONE.with(new MixPlan.Part(TWO, Weight.steps(0.5, 1, 0.4)).text(0.25));
    List<GeneratedImage> images =
        SD.generate(List.of(FOX.mix(curve), FOX.seed(1).mix(apart)), StepListener.NONE);
    Path file = folder.resolve("b.png");
    images.get(1).save(file);
    PictureRecord record = PictureRecord.read(file);
    assertEquals(images.get(1).record(), record);
    assertEquals(
        Weight.parse("0@0,1@0.5:cosine"), record.batch().get(0).adapters().get(0).weight());
    assertEquals(0.25, record.adapters().get(0).text().orElseThrow());
  }
}

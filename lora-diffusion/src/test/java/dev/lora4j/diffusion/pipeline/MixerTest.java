package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.SiteCatalogue;
import dev.lora4j.core.mix.AdapterOrder;
import dev.lora4j.core.mix.GridSize;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.RegionMask;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.mixer.AdapterDeltas;
import dev.lora4j.core.mixer.Mixer;
import dev.lora4j.core.mixer.OutputMixer;
import dev.lora4j.core.mixer.WeightMixer;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.record.GeneratedImage;
import dev.lora4j.diffusion.record.PictureRecord;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import dev.lora4j.spi.Extension;
import dev.lora4j.spi.ExtensionException;
import dev.lora4j.spi.Setting;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a picture's mixer says is what is computed, by every way that leads to the picture. */
class MixerTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Adapter ONE = adapter("lora-kohya");
  private static final Adapter TWO = adapter("lora-kohya-2");
  private static final Adapter DORA = Transforming.dora("dora", ONE, SD.sites());
  private static final Prompt FOX = Prompt.of("a red fox").steps(4).guidance(3);
  private static final MixPlan BOTH = MixPlan.of(ONE, 0.8).with(TWO, 0.5);
  private static final double CLOSE = 1e-5;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
  }

  private static Adapter adapter(String name) {
    return SD.adapter(TinySd.FOLDER.resolve(name + ".safetensors"));
  }

  /** From the first adapter's output to the last one's, as the picture comes along. */
  @Extension(point = Mixer.class, name = "test-fade", help = "For tests.")
  public record Fade(@Setting(help = "At the end.", defaultValue = "1") double end)
      implements OutputMixer {
    @Override
    public List<MixPlan> plans(MixPlan asked) {
      return asked.parts().stream().map(p -> asked.parts(List.of(p))).toList();
    }

    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      return outputs.get(0).lerp(outputs.get(outputs.size() - 1), progress.mul(end));
    }
  }

  /** As they are asked for. */
  @Extension(point = Mixer.class, name = "test-labelled", help = "For tests.")
  public record Labelled(@Setting(help = "Anything.") List<String> labels) implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      return asked;
    }
  }

  /** All adapters in turn. */
  @Extension(point = Mixer.class, name = "test-turns", help = "For tests.")
  public record Turns() implements WeightMixer {
    @Override
    public MixPlan plan(MixPlan asked, int steps, SiteCatalogue sites, AdapterDeltas changes) {
      List<MixPlan.Part> parts = new ArrayList<>();
      for (int i = 0; i < asked.parts().size(); i++) {
        List<Double> values = new ArrayList<>();
        for (int step = 0; step < steps; step++) {
          boolean own = step % asked.parts().size() == i;
          values.add(own ? asked.parts().get(i).weight().value() : 0);
        }
        parts.add(asked.parts().get(i).weight(Weight.table(values)));
      }
      return asked.parts(parts).order(AdapterOrder.FROM_BASE);
    }
  }

  /** An output of another shape. */
  @Extension(point = Mixer.class, name = "test-wrong", help = "For tests.")
  public record Wrong(@Setting(help = "How many.", defaultValue = "0") int plans)
      implements OutputMixer {
    @Override
    public List<MixPlan> plans(MixPlan asked) {
      return plans == 0 ? List.of() : List.of(asked);
    }

    @Override
    public Expr compose(List<Expr> outputs, Expr progress) {
      return outputs.get(0).unsqueeze(0);
    }
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

  private static void assertClose(String what, float[] expected, float[] found) {
    double error = MadeLatents.error(expected, found);
    assertTrue(error <= CLOSE, what + ": " + error + " of the scale");
  }

  @Test
  void mixerChoosingOneAdapterGivesItsPicture() {
    Prompt plain = FOX.mix(MixPlan.of(ONE, 0.8));
    assertArrayEquals(latents(plain).get(0), latents(plain.mixer(new Fade(0))).get(0));
    assertArrayEquals(latents(plain).get(0), latents(plain.mixer(new Turns())).get(0));
    assertArrayEquals(latents(FOX).get(0), latents(FOX.mixer(new Fade(0.5))).get(0));
  }

  /** In a step of one evaluation, what is composed can be said by hand. */
  @Test
  void outputsAreBlendedAtTheMiddleOfSteps() {
    Prompt one = FOX.steps(1).guidance(2);
    float[] first = latents(one.mix(MixPlan.of(ONE, 0.8))).get(0);
    float[] second = latents(one.mix(MixPlan.of(TWO, 0.5))).get(0);
    float[] expected = new float[first.length];
    for (int i = 0; i < expected.length; i++) {
      expected[i] = 0.5f * first[i] + 0.5f * second[i];
    }
    assertClose("half way", expected, latents(one.mix(BOTH).mixer(new Fade(1))).get(0));
    assertClose("first", first, latents(one.mix(BOTH).mixer(new Fade(0))).get(0));
    assertClose("last", second, latents(one.mix(BOTH).mixer(new Fade(2))).get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ddim", "ddpm", "euler", "euler-a", "heun", "dpmpp-2m", "unipc", "lcm", "tcd"})
  void mixedBatchEqualsSinglePicturesWithEverySampler(String sampler) {
    Prompt plain = FOX.sampler(sampler).mix(BOTH);
    Prompt[] prompts = {
      plain.mixer(new Fade(1)),
      plain.seed(2),
      plain.seed(3).guidance(1).mixer(new Fade(1)),
      plain.seed(4).text("a cat").mixer(new Fade(0.3)),
      plain.seed(5).mixer(new Turns()),
      FOX.sampler(sampler).seed(6)
    };
    List<float[]> together = latents(prompts);
    for (int i = 0; i < prompts.length; i++) {
      float[] alone = latents(prompts[i]).get(0);
      assertClose(sampler + " " + i, alone, together.get(i));
      float[] unmixed = latents(prompts[i].withoutMixer()).get(0);
      boolean mixed = prompts[i].mixer().isPresent();
      assertEquals(mixed, MadeLatents.error(unmixed, alone) > 100 * CLOSE, sampler + " " + i);
    }
  }

  @Test
  void mergedEqualsUnmerged() {
    MixPlan transforming = BOTH.with(DORA, 0.6);
    for (MixPlan plan : List.of(BOTH, transforming)) {
      for (Mixer mixer : List.of(new Fade(1), new Turns())) {
        Prompt prompt = FOX.mix(plan).mixer(mixer);
        assertClose(
            plan + " by " + mixer,
            latents(prompt.mix(plan.route(Route.MERGED))).get(0),
            latents(prompt.mix(plan.route(Route.UNMERGED))).get(0));
      }
    }
  }

  @Test
  void regionalAdaptersAreMixedInTheirRegions() {
    MixPlan.Part left = new MixPlan.Part(TWO, Weight.of(0.5));
    MixPlan half = MixPlan.NONE.with(left.within(new RegionMask("left", new GridSize(1, 2), 1, 0)));
    Prompt one = FOX.steps(1).guidance(2);
    float[] first = latents(one.mix(MixPlan.of(ONE, 0.8))).get(0);
    assertClose(
        "first",
        first,
        latents(one.mix(MixPlan.of(ONE, 0.8).with(half.parts().get(0))).mixer(new Fade(0))).get(0));
    assertClose(
        "regional",
        latents(one.mix(half)).get(0),
        latents(one.mix(MixPlan.of(ONE, 0.8).with(half.parts().get(0))).mixer(new Fade(2))).get(0));
  }

  @Test
  void generationInfoNotesTheMixersWork() {
    GeneratedImage image = SD.generate(FOX.mix(BOTH.route(Route.UNMERGED)).mixer(new Fade(1)));
    assertEquals("beside", image.info().route());
    assertEquals(1, image.info().notes().size());
    assertTrue(image.info().notes().get(0).contains("2 times the work"));
    image = SD.generate(FOX.mix(BOTH.route(Route.MERGED)).mixer(new Turns()));
    assertEquals("patched", image.info().route());
    assertEquals(List.of(), image.info().notes());
  }

  /** Of a picture to begin with the last steps are made, whatever was asked for in the first. */
  @Test
  void adaptersThatNeverCountAreNamed() {
    int side = 32;
    BufferedImage white = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
    InitImage start = InitImage.of(Picture.of("start", "", white, side, side, Color.WHITE), 0.5);
    MixPlan early = MixPlan.of(ONE, Weight.parse("0.8:0-0.5")).with(TWO, 0.5);
    GeneratedImage image = SD.generate(FOX.mix(early).start(start));
    assertEquals(
        List.of("in none of the steps that are made counts: lora-kohya"), image.info().notes());
    assertEquals(List.of(), SD.generate(FOX.mix(early)).info().notes());
    assertEquals(
        List.of(), SD.generate(FOX.mix(BOTH).mixer(new Turns()).start(start)).info().notes());
  }

  @Test
  void pictureFileRecordsTheMixer(@TempDir Path folder) {
    Path file = folder.resolve("fade.png");
    GeneratedImage image = SD.generate(FOX.mix(BOTH).mixer(new Fade(0.25)));
    image.save(file);
    PictureRecord record = PictureRecord.read(file);
    assertEquals(image.record(), record);
    assertEquals("test-fade:end=0.25", record.mixer().orElseThrow().text());
    String others = PngFile.texts(file).get(PngFile.PARAMETERS);
    assertTrue(String.valueOf(others).contains("Lora mixer: \"test-fade:end=0.25\""), others);
    SD.generate(FOX.mix(BOTH).mixer(new Labelled(List.of("a b", "c")))).save(file);
    assertEquals(
        "test-labelled:labels=\"a b\" c", PictureRecord.read(file).mixer().orElseThrow().text());
    others = PngFile.texts(file).get(PngFile.PARAMETERS);
    assertTrue(
        String.valueOf(others).contains("Lora mixer: \"test-labelled:labels=\\\"a b\\\" c\""),
        others);
    GeneratedImage plain = SD.generate(FOX.mix(BOTH));
    plain.save(file);
    assertEquals(Optional.empty(), PictureRecord.read(file).mixer());
  }

  @Test
  void mixersThatCannotBeUsedAreNamed() {
    WeightMixer nameless = (asked, steps, sites, changes) -> asked;
    Exception refused = assertThrows(ExtensionException.class, () -> FOX.mixer(nameless));
    assertTrue(String.valueOf(refused.getMessage()).contains("@Extension"), refused.getMessage());
    assertRefused("test-wrong makes no plan", new Wrong(0));
    assertRefused("test-wrong composes outputs of F32 [1, 4, 8, 8] to F32 [1, 1,", new Wrong(1));
  }

  private static void assertRefused(String told, Mixer mixer) {
    Exception refused =
        assertThrows(IllegalArgumentException.class, () -> SD.generate(FOX.mix(BOTH).mixer(mixer)));
    assertTrue(String.valueOf(refused.getMessage()).contains(told), refused.getMessage());
  }

  @Test
  void memoryComesBack() {
    Prompt prompt = FOX.steps(2).mix(BOTH).mixer(new Fade(1));
    SD.generate(prompt);
    SD.generate(prompt.mix(BOTH.route(Route.MERGED)));
    long before = LORA.engine().live();
    for (int i = 0; i < 5; i++) {
      SD.generate(prompt);
      SD.generate(prompt.mix(BOTH.route(Route.MERGED)));
    }
    assertEquals(before, LORA.engine().live());
  }
}

package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Device;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.LearningRates;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A card makes the CPU's pictures, and trains what the CPU trains. */
@Tag("gpu")
@SuppressWarnings("NullAway.Init")
class CardPicturesTest {
  /** The first card, or another device to try these tests themselves on. */
  private static final Device DEVICE = Device.named(System.getProperty("lora4j.card", "cuda:0"));

  private static Lora4j card;
  private static Lora4j cpu;
  private static StableDiffusion onCpu;

  @BeforeAll
  static void open() {
    card = Lora4j.open(EngineOptions.DEFAULT.device(DEVICE));
    cpu = Lora4j.open();
    onCpu = StableDiffusion.open(cpu, TinySd.FOLDER);
  }

  @AfterAll
  static void close() {
    card.close();
    cpu.close();
  }

  private static int[] channels(StableDiffusion sd, Prompt prompt) {
    var image = sd.generate(prompt).image();
    int[] rgb = image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
    return Arrays.stream(rgb)
        .flatMap(p -> Arrays.stream(new int[] {p >> 16 & 255, p >> 8 & 255, p & 255}))
        .toArray();
  }

  private static List<Prompt> prompts(StableDiffusion sd) {
    Adapter one = sd.adapter(TinySd.FOLDER.resolve("lora-kohya.safetensors"));
    Adapter two = sd.adapter(TinySd.FOLDER.resolve("lora-kohya-2.safetensors"));
    Prompt prompt = Prompt.of("a fox").seed(3).steps(6);
    return List.of(
        prompt,
        prompt.mix(MixPlan.of(one, 0.8)),
        prompt.mix(MixPlan.of(one, -0.5).with(two, Weight.steps(0.5, 1, 0.9))));
  }

  @ParameterizedTest
  @CsvSource({"F32, 1.0", "BF16, 8.0", "F16, 2.0"})
  void picturesAreThoseOfTheCpuInF32(DType compute, double meanDifference) {
    try (StableDiffusion sd = StableDiffusion.open(card, TinySd.FOLDER, LoadOptions.in(compute))) {
      List<Prompt> there = prompts(sd);
      List<Prompt> here = prompts(onCpu);
      for (int i = 0; i < there.size(); i++) {
        int[] expected = channels(onCpu, here.get(i));
        int[] found = channels(sd, there.get(i));
        double sum = 0;
        for (int c = 0; c < expected.length; c++) {
          sum += Math.abs(expected[c] - found[c]);
        }
        double mean = sum / expected.length;
        assertTrue(mean < meanDifference, compute + ", mix " + i + ": " + mean + " of 255");
      }
    }
  }

  private static List<Picture> pictures(int side) {
    List<Picture> pictures = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      byte[] rgb = new byte[3 * side * side];
      Arrays.fill(rgb, 0, side * side * (i % 3), (byte) (40 * i));
      pictures.add(new Picture("p" + i, "thing " + i, side, side, rgb));
    }
    return pictures;
  }

  private static TrainedStyle trained(StableDiffusion sd) {
    int side = sd.base().sampleSize() * sd.base().vae().scale();
    StyleSettings settings =
        StyleSettings.DEFAULT
            .withRank(4)
            .withSteps(12)
            .with(LearningRates.of(1e-2))
            .withSeed(9)
            .withStored(DType.F32);
    return StyleTrainer.on(sd)
        .images(pictures(side))
        .batch(3)
        .settings(settings)
        .name("mine")
        .run();
  }

  @ParameterizedTest
  @EnumSource(names = {"F32", "BF16", "F16"})
  void trainingFollowsTheCpuAndSavesTheAdapter(DType compute, @TempDir Path folder) {
    List<Float> expected = trained(onCpu).losses();
    try (StableDiffusion sd = StableDiffusion.open(card, TinySd.FOLDER, LoadOptions.in(compute))) {
      TrainedStyle style = trained(sd);
      double tolerance = compute == DType.F32 ? 0.01 : 0.05;
      // The scale of an F16 loss may skip the first steps; what is not skipped begins alike.
      assertEquals(expected.get(0), style.losses().get(0), tolerance * expected.get(0));
      if (compute != DType.F16) {
        int last = expected.size() - 1;
        assertEquals(expected.get(last), style.losses().get(last), 4 * tolerance * expected.get(0));
      }
      Path file = folder.resolve("mine.safetensors");
      style.save(file);
      Prompt prompt = Prompt.of("a fox").steps(4).seed(5);
      assertArrayEquals(
          channels(sd, prompt.mix(MixPlan.of(style.adapter(), 0.8))),
          channels(sd, prompt.mix(MixPlan.of(sd.adapter(file), 0.8))));
    }
  }
}

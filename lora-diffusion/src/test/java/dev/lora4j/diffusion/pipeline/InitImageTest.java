package dev.lora4j.diffusion.pipeline;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.safetensors.Safetensors;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.TinySd;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.denoising.Generation;
import dev.lora4j.diffusion.latent.Pixels;
import dev.lora4j.diffusion.request.InitImage;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.request.StepListener;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs that begin with a picture, everywhere or within a mask, against diffusers. */
class InitImageTest {
  private static final Lora4j LORA = Lora4j.open();
  private static final TinySd TINY = new TinySd();
  private static final StableDiffusion SD = StableDiffusion.open(LORA, TinySd.FOLDER);
  private static final Safetensors GOLDEN =
      Safetensors.open(Path.of("src/test/resources/start-pictures.safetensors"));
  private static final String PROMPT = "A red fox, drawn with ink, isn't it? 12 cafés 🦊";
  private static final double CLOSE = 5e-5;
  private static final int SIDE = 32;

  @AfterAll
  static void close() {
    SD.close();
    LORA.close();
    TINY.close();
    GOLDEN.close();
  }

  private static InitImage start(double strength) {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    ByteBuffer levels = GOLDEN.read("picture");
    for (int i = 0; i < SIDE * SIDE; i++) {
      int rgb = levels.getInt() << 16 | levels.getInt() << 8 | levels.getInt();
      image.setRGB(i % SIDE, i / SIDE, rgb);
    }
    return InitImage.of(Picture.of("start", "", image, SIDE, SIDE, Color.WHITE), strength);
  }

  private static BufferedImage mask() {
    BufferedImage image = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    ByteBuffer levels = GOLDEN.read("mask");
    for (int i = 0; i < SIDE * SIDE; i++) {
      image.setRGB(i % SIDE, i / SIDE, levels.getInt() * 0x10101);
    }
    return image;
  }

  private static Prompt prompt(String sampler, InitImage start) {
    return Prompt.of(PROMPT).steps(10).guidance(3).seed(7).sampler(sampler).start(start);
  }

  private static void assertRun(StableDiffusion sd, String golden, Prompt prompt) {
    try (Scope scope = sd.scope().child("test")) {
      float[] found =
          new Generation(scope, sd.base(), sd.programs(), sd.tokenizers(), prompt)
              .run(StepListener.NONE);
      ByteBuffer expected = GOLDEN.read(golden);
      double scale = 0;
      double worst = 0;
      for (float value : found) {
        float wanted = expected.getFloat();
        scale = Math.max(scale, Math.abs(wanted));
        worst = Math.max(worst, Math.abs(wanted - value));
      }
      assertTrue(worst <= CLOSE * scale, golden + ": " + worst / scale + " of the scale");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ddim, 0.6",
    "ddim, 1.0",
    "euler, 0.6",
    "euler, 1.0",
    "euler-a, 0.6",
    "euler-a, 1.0",
  })
  void latentsAreThoseOfDiffusers(String sampler, double strength) {
    InitImage start = start(strength);
    assertRun(SD, "image." + sampler + "." + strength, prompt(sampler, start));
    assertRun(SD, "masked." + sampler + "." + strength, prompt(sampler, start.within(mask())));
  }

  @ParameterizedTest
  @CsvSource({"0.6", "1.0"})
  void inpaintingDenoiserMatchesDiffusersAndNeedsAMask(double strength, @TempDir Path folder)
      throws IOException {
    fillingModel(folder);
    try (StableDiffusion sd = StableDiffusion.open(LORA, folder)) {
      InitImage start = start(strength);
      assertRun(sd, "filled.ddim." + strength, prompt("ddim", start.within(mask())));
      Exception noMask =
          assertThrows(IllegalArgumentException.class, () -> sd.generate(prompt("ddim", start)));
      assertTrue(String.valueOf(noMask.getMessage()).contains("mask"), noMask.getMessage());
      assertThrows(IllegalArgumentException.class, () -> sd.generate(Prompt.of("a fox")));
    }
  }

  /** tiny-sd with nine input channels. */
  private static void fillingModel(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(TinySd.FOLDER)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Path target = folder.resolve(TinySd.FOLDER.relativize(file).toString());
        Files.createDirectories(target.getParent());
        Files.copy(file, target);
      }
    }
    Path config = folder.resolve("unet/config.json");
    Files.writeString(
        config, Files.readString(config).replace("\"in_channels\": 4", "\"in_channels\": 9"));
    Path weights = folder.resolve("unet/diffusion_pytorch_model.safetensors");
    Path source = TinySd.FOLDER.resolve("unet/diffusion_pytorch_model.safetensors");
    SafetensorsWriter writer = new SafetensorsWriter();
    try (Safetensors old = Safetensors.open(source)) {
      for (String name : old.tensors().keySet()) {
        Safetensors from = name.equals("conv_in.weight") ? GOLDEN : old;
        String key = from == GOLDEN ? "conv_in" : name;
        var info = from.tensors().get(key);
        writer.add(name, info.dtype(), info.shape(), from.read(key));
      }
      writer.write(weights);
    }
  }

  @Test
  void pixelsOutsideTheMaskStay() {
    InitImage start = start(1).within(mask());
    BufferedImage made = SD.generate(prompt("ddim", start)).image();
    BufferedImage before = Pixels.image(start.picture());
    int changed = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      boolean same = made.getRGB(i % SIDE, i / SIDE) == before.getRGB(i % SIDE, i / SIDE);
      boolean open = start.mask().orElseThrow().open(i % SIDE, i / SIDE);
      assertTrue(same || open, "pixel " + i);
      changed += same ? 0 : 1;
    }
    assertTrue(changed > 100, changed + " pixels changed");
  }

  @Test
  void lowStrengthStaysCloseToTheInitImage() {
    BufferedImage before = Pixels.image(start(1).picture());
    double little = distance(before, SD.generate(prompt("ddim", start(0.1))).image());
    double much = distance(before, SD.generate(prompt("ddim", start(1))).image());
    assertTrue(little < much, little + " against " + much);
    assertNotEquals(0, little);
  }

  private static double distance(BufferedImage a, BufferedImage b) {
    double sum = 0;
    for (int i = 0; i < SIDE * SIDE; i++) {
      for (int shift = 0; shift < 24; shift += 8) {
        int x = a.getRGB(i % SIDE, i / SIDE) >> shift & 0xff;
        int y = b.getRGB(i % SIDE, i / SIDE) >> shift & 0xff;
        sum += (x - y) * (x - y);
      }
    }
    return sum;
  }

  @Test
  void invalidStrengthsAndMasksAreRefused() {
    Picture picture = start(1).picture();
    for (double strength : new double[] {0, -1, 1.1, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> InitImage.of(picture, strength));
    }
    BufferedImage dark = new BufferedImage(SIDE, SIDE, BufferedImage.TYPE_INT_RGB);
    assertThrows(IllegalArgumentException.class, () -> InitImage.of(picture, 1).within(dark));
    Exception tooWeak =
        assertThrows(
            IllegalArgumentException.class, () -> SD.generate(prompt("ddim", start(0.05))));
    assertTrue(String.valueOf(tooWeak.getMessage()).contains("strength"), tooWeak.getMessage());
    assertEquals(Optional.empty(), Prompt.of("a").start());
    assertEquals(List.of(SIDE, SIDE), List.of(prompt("ddim", start(1)).width(), SIDE));
  }
}

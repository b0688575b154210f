package dev.lora4j.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.style.StyleTrainer;
import dev.lora4j.diffusion.style.TrainedStyle;
import java.awt.image.BufferedImage;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FreshProcessTest {
  @TempDir private Path folder;

  /** What is saved is what was trained, and nothing of a picture depends on the process. */
  @Test
  void savedAdapterMakesTheSamePictureElsewhere() throws Exception {
    Path file = folder.resolve("balls.safetensors");
    Path pictures = Run.pictures(folder.resolve("pictures"));
    int[] here;
    int[] plain;
    try (Lora4j lora = Lora4j.open();
        StableDiffusion sd = StableDiffusion.open(lora, Run.TINY_SD)) {
      TrainedStyle style = StyleTrainer.on(sd).images(pictures).rank(4).steps(5).run();
      style.save(file);
      Prompt prompt = Prompt.of("a ball").seed(3).steps(4);
      plain = pixels(sd.generate(prompt).image());
      here = pixels(sd.generate(prompt.mix(MixPlan.of(style.adapter(), 0.8))).image());
    }
    Path there = folder.resolve("there.png");
    int code =
        fresh(
            "generate",
            "a ball",
            "--seed=3",
            "--steps=4",
            "--compute=f32",
            "-o",
            there.toString(),
            "--lora",
            file + ":0.8",
            Run.BASE);
    assertEquals(0, code);
    assertArrayEquals(here, pixels(ImageIO.read(there.toFile())));
    assertFalse(Arrays.equals(here, plain), "the adapter changes the picture");
  }

  private static int fresh(String... arguments) throws IOException, InterruptedException {
    String java =
        System.getProperty("java.home") + File.separator + "bin" + File.separator + "java";
    List<String> command = new ArrayList<>(List.of(java, "-Dai.djl.offline=true", "-cp"));
    command.add(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .inheritIO()
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }

  private static int[] pixels(BufferedImage image) {
    return image.getRGB(0, 0, image.getWidth(), image.getHeight(), null, 0, image.getWidth());
  }
}

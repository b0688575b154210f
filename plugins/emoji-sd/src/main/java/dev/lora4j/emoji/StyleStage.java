package dev.lora4j.emoji;

import dev.lora4j.core.Lora4j;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.Noise;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.PngFile;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Picks the pictures that the quick start learns ink from, and trains the adapter that it blends
 * with. Both leave out the concepts that are kept for judging.
 */
final class StyleStage {
  /** Shown by the quick start, so never learnt from in these styles. */
  private static final Set<String> KEPT_FOR_JUDGING =
      Set.of("fox", "rocket", "cherries", "sailboat", "cactus", "guitar", "hamburger", "owl");

  private static final int INK_PICTURES = 200;
  private static final int GLOSSY_PICTURES = 300;
  private static final StyleSettings GLOSSY =
      new StyleSettings(8, 8, 400, 16, 1e-3, 0.1, Recipe.SEED, DType.F16);

  private StyleStage() {}

  static void run(Path data, Path work, PrintStream log) throws IOException {
    for (Picture picture : chosen(data, "fluent-hc", INK_PICTURES)) {
      String name = picture.caption().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
      PngFile.write(work.resolve("ink").resolve(name + ".png"), image(picture), picture.caption());
      Files.writeString(work.resolve("ink").resolve(name + ".txt"), picture.caption() + "\n");
    }
    try (Lora4j lora = Lora4j.open();
        StableDiffusion base = StableDiffusion.load(lora, work.resolve("base"), Recipe.COMPUTE)) {
      Files.createDirectories(work.resolve("adapters"));
      StyleTrainer.on(base)
          .images(chosen(data, "fluent-3d", GLOSSY_PICTURES))
          .settings(GLOSSY)
          .name("glossy")
          .run(
              progress -> {
                if (progress.step() % 50 == 0) {
                  log.printf("glossy: step %d, loss %.4f%n", progress.step(), progress.loss());
                }
              })
          .save(work.resolve("adapters/glossy.safetensors"));
    }
  }

  private static List<Picture> chosen(Path data, String style, int count) throws IOException {
    List<Picture> all =
        Atlas.pictures(data, style).stream()
            .filter(p -> !KEPT_FOR_JUDGING.contains(p.caption()))
            .toList();
    int[] order = Noise.of(Recipe.SEED, style.hashCode()).permutation(all.size());
    return java.util.Arrays.stream(order).limit(count).mapToObj(all::get).toList();
  }

  private static BufferedImage image(Picture picture) {
    int plane = picture.width() * picture.height();
    byte[] rgb = picture.rgb();
    BufferedImage image =
        new BufferedImage(picture.width(), picture.height(), BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < plane; i++) {
      int value =
          (rgb[i] & 0xff) << 16 | (rgb[plane + i] & 0xff) << 8 | (rgb[2 * plane + i] & 0xff);
      image.setRGB(i % picture.width(), i / picture.width(), value);
    }
    return image;
  }
}

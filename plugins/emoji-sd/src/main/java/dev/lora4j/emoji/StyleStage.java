package dev.lora4j.emoji;

import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.record.PngFile;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.diffusion.style.StyleTrainer;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Writes the style sets ink and pixel, and trains the adapter glossy. All leave out the held-out
 * concepts.
 */
final class StyleStage {
  private static final List<String> BASE_STYLES = List.of("noto", "twemoji", "fluent-flat");
  private static final int GLOSSY_BATCH = 16;
  private static final StyleSettings GLOSSY =
      StyleSettings.DEFAULT.withRank(16).withSteps(600).withSeed(Recipe.SEED);

  private StyleStage() {}

  /** Writes the style sets. */
  static void sets(Path data, Path work) throws IOException {
    HeldOutConcepts split = HeldOutConcepts.of(data);
    write(chosen(data, "fluent-hc", split.ink()), work.resolve("ink"));
    write(PixelTiles.taught(data.resolveSibling("dcss"), kept(data, split)), work.resolve("pixel"));
  }

  /** Writes the captioned pictures that the base was made of, for an adapter for few steps. */
  static void pictures(Path data, Path folder) throws IOException {
    Files.createDirectories(folder);
    for (String style : BASE_STYLES) {
      for (Picture picture : Atlas.pictures(data, style)) {
        write(picture, folder, picture.name().replace('/', '-'));
      }
    }
  }

  /** Trains the adapter. */
  static void adapters(Path data, Path work, PrintStream log) throws IOException {
    HeldOutConcepts split = HeldOutConcepts.of(data);
    try (Lora4j lora = Lora4j.open();
        StableDiffusion base =
            StableDiffusion.open(lora, work.resolve("base"), LoadOptions.in(Recipe.COMPUTE))) {
      Files.createDirectories(work.resolve("adapters"));
      StyleTrainer.on(base)
          .images(chosen(data, "fluent-3d", split.glossy()))
          .batch(GLOSSY_BATCH)
          .settings(GLOSSY.with(StyleTrainer.objective(base)))
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

  /** Names of the held-out concepts. */
  static Set<String> kept(Path data, HeldOutConcepts split) throws IOException {
    return Atlas.concepts(data).stream()
        .filter(c -> split.kept().contains(c.index()))
        .map(Atlas.Concept::name)
        .collect(Collectors.toSet());
  }

  private static List<Picture> chosen(Path data, String style, List<Integer> concepts)
      throws IOException {
    Map<String, Picture> byName = new HashMap<>();
    Atlas.pictures(data, style).forEach(p -> byName.put(p.name(), p));
    return concepts.stream()
        .map(c -> Optional.ofNullable(byName.get(style + "/" + c)).orElseThrow())
        .toList();
  }

  private static void write(List<Picture> pictures, Path folder) throws IOException {
    for (Picture picture : pictures) {
      write(
          picture,
          folder,
          picture.caption().toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-"));
    }
  }

  private static void write(Picture picture, Path folder, String name) throws IOException {
    PngFile.write(folder.resolve(name + ".png"), picture.image(), picture.caption());
    Files.writeString(folder.resolve(name + ".txt"), picture.caption() + "\n");
  }
}

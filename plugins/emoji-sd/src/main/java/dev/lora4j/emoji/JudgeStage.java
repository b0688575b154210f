package dev.lora4j.emoji;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.diffusion.dataset.Atlas;
import dev.lora4j.diffusion.dataset.Atlas.Concept;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.Augmentation;
import dev.lora4j.diffusion.judge.ConceptRetrieval;
import dev.lora4j.diffusion.judge.ControlPictures;
import dev.lora4j.diffusion.judge.JudgeNetwork;
import dev.lora4j.diffusion.judge.PictureClassifierTrainer;
import dev.lora4j.diffusion.judge.PictureClassifierTrainer.Example;
import dev.lora4j.diffusion.judge.PictureFeatures;
import dev.lora4j.diffusion.judge.StyleClassifier;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Trains the judges, unless they are there, and writes them with the true pictures of the held-out
 * concepts. Neither is trained on a picture of such a concept in a style that adapters are judged
 * by: the style classifier has none of these concepts at all, the retrieval has them in other
 * styles.
 */
final class JudgeStage {
  private static final PictureClassifierTrainer.Settings STYLE =
      new PictureClassifierTrainer.Settings(
          new JudgeNetwork(PictureFeatures.STYLE, 128, 48),
          Recipe.SIDE,
          3000,
          256,
          3e-3,
          Recipe.SEED,
          new Augmentation(1, 0.03, 1, 6, 0, 0.05),
          3,
          0.2);

  private static final PictureClassifierTrainer.Settings CONCEPT =
      new PictureClassifierTrainer.Settings(
          new JudgeNetwork(PictureFeatures.DRAWING, 192, 64),
          Recipe.SIDE,
          3000,
          256,
          3e-3,
          Recipe.SEED,
          new Augmentation(5, 0.12, 1, 10, 0.35, 0.2),
          4,
          0.2);

  /**
   * Styles that adapters are judged by: in these the retrieval is trained on no held-out concept.
   */
  private static final Set<String> JUDGED = Set.of("fluent-hc", "fluent-3d");

  /** Styles whose colourless pictures are in none of the styles. */
  private static final List<String> COLOURED =
      List.of("noto", "twemoji", "fluent-flat", "fluent-3d", "emojione", "noto-v1");

  private final List<String> names;
  private final Set<Integer> kept;
  private final Map<String, List<Picture>> pictures = new LinkedHashMap<>();
  private final List<Picture> tilesSeen;
  private final List<Picture> tilesKept;

  private JudgeStage(Path data) throws IOException {
    HeldOutConcepts split = HeldOutConcepts.of(data);
    kept = split.kept();
    names = Atlas.concepts(data).stream().map(Concept::name).toList();
    for (String style : Recipe.ALL_STYLES) {
      pictures.put(style, Atlas.pictures(data, style));
    }
    Path tiles = data.resolveSibling("dcss");
    tilesSeen = PixelTiles.taught(tiles, StyleStage.kept(data, split));
    tilesKept = PixelTiles.kept(tiles, StyleStage.kept(data, split));
  }

  static void run(Engine engine, Path data, Path work, PrintStream log) throws IOException {
    Path folder = work.resolve("judge");
    Files.createDirectories(folder);
    JudgeStage stage = new JudgeStage(data);
    TrueSheets.write(data, folder, stage.kept);
    try (Scope scope = engine.scope("judges")) {
      Path style = folder.resolve("style.safetensors");
      if (Files.notExists(style)) {
        stage.style(engine, scope, style, log);
      }
      Path concept = folder.resolve("concept.safetensors");
      if (Files.notExists(concept)) {
        stage.concept(engine, scope, concept, log);
      }
    }
  }

  private void style(Engine engine, Scope scope, Path file, PrintStream log) throws IOException {
    List<String> labels = new ArrayList<>(Recipe.ALL_STYLES);
    labels.add("pixel");
    labels.add(StyleClassifier.NONE);
    List<Example> seen = new ArrayList<>();
    Map<String, List<Picture>> unseen = new LinkedHashMap<>();
    for (String style : Recipe.ALL_STYLES) {
      int label = labels.indexOf(style);
      for (Picture picture : pictures(style)) {
        if (kept.contains(concept(picture))) {
          unseen.computeIfAbsent(style, s -> new ArrayList<>()).add(picture);
        } else {
          seen.add(new Example(picture, label));
        }
      }
    }
    tilesSeen.forEach(p -> seen.add(new Example(p, labels.indexOf("pixel"))));
    unseen.put("pixel", tilesKept);
    int none = labels.indexOf(StyleClassifier.NONE);
    seen.add(new Example(ControlPictures.blank(Recipe.SIDE, Recipe.SIDE), none));
    for (String style : COLOURED) {
      for (Picture picture : pictures(style)) {
        Picture grey = ControlPictures.desaturated(picture);
        if (kept.contains(concept(picture))) {
          unseen.computeIfAbsent(StyleClassifier.NONE, s -> new ArrayList<>()).add(grey);
        } else {
          seen.add(new Example(grey, none));
        }
      }
    }
    PictureClassifierTrainer trained =
        PictureClassifierTrainer.train(scope, STYLE, labels, seen, listener("style", log));
    Path untold = file.resolveSibling("untold.safetensors");
    trained.write(scope, untold, Map.of());
    Map<String, Double> right = new TreeMap<>();
    try (StyleClassifier classifier = StyleClassifier.load(engine, untold)) {
      unseen.forEach(
          (style, some) -> {
            List<String> found = classifier.styles(some);
            long hits = found.stream().filter(style::equals).count();
            right.put(style, share(hits, some.size()));
          });
    }
    log.printf("style: %s%n", right);
    trained.write(scope, file, right);
    Files.delete(untold);
  }

  private void concept(Engine engine, Scope scope, Path file, PrintStream log) throws IOException {
    List<Example> seen = new ArrayList<>();
    Map<String, List<Picture>> unseen = new LinkedHashMap<>();
    for (String style : Recipe.ALL_STYLES) {
      for (Picture picture : pictures(style)) {
        if (JUDGED.contains(style) && kept.contains(concept(picture))) {
          unseen.computeIfAbsent(style, s -> new ArrayList<>()).add(picture);
        } else {
          seen.add(new Example(picture, concept(picture)));
        }
      }
    }
    PictureClassifierTrainer trained =
        PictureClassifierTrainer.train(scope, CONCEPT, names, seen, listener("concept", log));
    Path untold = file.resolveSibling("untold.safetensors");
    trained.write(scope, untold, Map.of());
    Map<String, Double> right = new TreeMap<>();
    try (ConceptRetrieval retrieval = ConceptRetrieval.load(engine, untold)) {
      unseen.forEach(
          (style, some) -> {
            List<Integer> own = some.stream().map(JudgeStage::concept).toList();
            List<Integer> ranks = retrieval.ranks(some, own);
            long hits = ranks.stream().filter(r -> r <= ConceptRetrieval.TOP).count();
            right.put(style, share(hits, some.size()));
          });
    }
    log.printf("concept: %s%n", right);
    trained.write(scope, file, right);
    Files.delete(untold);
  }

  private List<Picture> pictures(String style) {
    return Optional.ofNullable(pictures.get(style)).orElseThrow();
  }

  /** Pictures of an atlas are named {@code style/index}. */
  private static int concept(Picture picture) {
    return Integer.parseInt(picture.name().substring(picture.name().indexOf('/') + 1));
  }

  private static double share(long hits, int of) {
    return Math.round(1e4 * hits / of) / 1e4;
  }

  private static PictureClassifierTrainer.Listener listener(String name, PrintStream log) {
    long began = System.nanoTime();
    double[] mean = {0};
    return (step, steps, loss) -> {
      mean[0] += loss / 100;
      if (step % 100 == 0) {
        log.printf(
            Locale.ROOT,
            "%s: %.1f min, step %d of %d, loss %.4f%n",
            name,
            (System.nanoTime() - began) / 6e10,
            step,
            steps,
            mean[0]);
        mean[0] = 0;
      }
    };
  }
}

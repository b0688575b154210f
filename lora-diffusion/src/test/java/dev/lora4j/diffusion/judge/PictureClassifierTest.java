package dev.lora4j.diffusion.judge;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.judge.PictureClassifierTrainer.Example;
import java.awt.Color;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two judges that are taught in a second, on pictures with known answers. */
class PictureClassifierTest {
  private static final Engine ENGINE = Engine.open();
  private static final Augmentation LITTLE = new Augmentation(1, 0.05, 0, 4, 0.2, 0.05);
  private static final List<String> STYLES = List.of("red", "blue", StyleClassifier.NONE);
  private static final List<String> CONCEPTS = List.of("disc", "bars");

  @TempDir private static Path folder;

  @BeforeAll
  static void teach() {
    List<Example> styles = new ArrayList<>();
    List<Example> concepts = new ArrayList<>();
    for (int x = 0; x < 16; x += 3) {
      for (Picture picture :
          List.of(Drawn.disc(x, 4, 14, Color.RED), Drawn.bars(x, 4, 14, Color.RED))) {
        styles.add(new Example(picture, 0));
        styles.add(new Example(ControlPictures.desaturated(picture), 2));
      }
      styles.add(new Example(Drawn.disc(x, 4, 14, Color.BLUE), 1));
      concepts.add(new Example(Drawn.disc(x, 4, 14, Color.RED), 0));
      concepts.add(new Example(Drawn.bars(x, 4, 14, Color.RED), 1));
    }
    try (Scope scope = ENGINE.scope("test")) {
      train(scope, PictureFeatures.STYLE, STYLES, styles)
          .write(scope, folder.resolve("style.safetensors"), Map.of("red", 0.75, "blue", 0.25));
      train(scope, PictureFeatures.DRAWING, CONCEPTS, concepts)
          .write(scope, folder.resolve("concept.safetensors"), Map.of());
    }
  }

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  private static PictureClassifierTrainer train(
      Scope scope, PictureFeatures features, List<String> labels, List<Example> examples) {
    PictureClassifierTrainer.Settings settings =
        new PictureClassifierTrainer.Settings(
            new JudgeNetwork(features, 16, 8), Drawn.SIDE, 80, 32, 5e-3, 1, LITTLE, 1, 0.1);
    return PictureClassifierTrainer.train(scope, settings, labels, examples, (i, n, loss) -> {});
  }

  private static Judges judges() {
    return Judges.load(
        ENGINE, folder.resolve("style.safetensors"), folder.resolve("concept.safetensors"));
  }

  @Test
  void unseenPicturesGetTheirStyles() {
    try (StyleClassifier styles =
        StyleClassifier.load(ENGINE, folder.resolve("style.safetensors"))) {
      Picture red = Drawn.disc(7, 10, 12, Color.RED);
      Picture blue = Drawn.disc(2, 12, 13, Color.BLUE);
      assertEquals(
          List.of("red", "blue", StyleClassifier.NONE),
          styles.styles(List.of(red, blue, ControlPictures.desaturated(red))));
      assertEquals(STYLES, styles.styles());
      assertEquals(0.5, styles.accuracy());
      assertEquals(0.75, styles.accuracy("red"));
    }
  }

  @Test
  void truthsScoreAllAndOthersDoNot() {
    Map<Integer, Picture> truths = new LinkedHashMap<>();
    truths.put(0, Drawn.disc(8, 8, 14, Color.RED));
    truths.put(1, Drawn.bars(8, 8, 14, Color.RED));
    JudgeCriteria ranks = JudgeCriteria.NONE.truths(new TruthRank(truths, 100));
    List<JudgedSample> right = new ArrayList<>();
    List<JudgedSample> swapped = new ArrayList<>();
    truths.forEach(
        (concept, picture) -> {
          right.add(new JudgedSample(picture, concept));
          swapped.add(new JudgedSample(ControlPictures.desaturated(picture), 1 - concept));
        });
    try (Judges judges = judges()) {
      JudgeScores all = judges.score(right, ranks.style("red"));
      assertEquals(Optional.of(1.0), all.style());
      assertEquals(Optional.of(new JudgeScores.Truth(1, 1, 0)), all.truth());
      assertEquals(List.of(1, 1), judges.concepts().ranks(pictures(right), List.of(0, 1)));
      JudgeScores none = judges.score(swapped, ranks.style("red"));
      assertEquals(Optional.of(0.0), none.style());
      assertEquals(0, none.truth().orElseThrow().top1());
      assertEquals(List.of(2, 2), judges.concepts().ranks(pictures(swapped), List.of(1, 0)));
      assertThrows(IllegalArgumentException.class, () -> judges.score(List.of(), ranks));
    }
  }

  private static List<Picture> pictures(List<JudgedSample> shown) {
    return shown.stream().map(JudgedSample::picture).toList();
  }

  @Test
  void picturesOfAnotherSizeAreRefused() {
    try (Judges judges = judges()) {
      List<JudgedSample> small = List.of(new JudgedSample(ControlPictures.blank(8, 8), 0));
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class, () -> judges.score(small, JudgeCriteria.NONE))
              .getMessage()
              .contains("32x32"));
    }
  }

  @Test
  void foreignFileIsRefused() {
    Path other = folder.resolve("other.safetensors");
    new SafetensorsWriter().add("w", DType.F32, Shape.of(1), new byte[4]).write(other);
    assertTrue(
        assertThrows(IllegalArgumentException.class, () -> StyleClassifier.load(ENGINE, other))
            .getMessage()
            .contains("no picture classifier"));
  }

  @Test
  void aLabelWithoutExamplesIsRefused() {
    List<Example> one = List.of(new Example(Drawn.page(Color.RED), 0));
    try (Scope scope = ENGINE.scope("test")) {
      assertTrue(
          assertThrows(
                  IllegalArgumentException.class,
                  () -> train(scope, PictureFeatures.STYLE, STYLES, one))
              .getMessage()
              .contains("'blue'"));
    }
  }
}

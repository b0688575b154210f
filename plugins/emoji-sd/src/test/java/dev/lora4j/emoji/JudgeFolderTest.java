package dev.lora4j.emoji;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.Engine;
import dev.lora4j.diffusion.dataset.Picture;
import dev.lora4j.diffusion.dataset.PictureFolder;
import dev.lora4j.diffusion.judge.ConceptRetrieval;
import dev.lora4j.diffusion.judge.StyleClassifier;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the bundled judges say of themselves is what they do on the bundled pictures. */
class JudgeFolderTest {
  private static final Engine ENGINE = Engine.open();
  private static final JudgeFolder JUDGE = EmojiSd.judge();
  private static final double ROUNDING = 1e-4;

  @AfterAll
  static void close() {
    ENGINE.close();
  }

  @Test
  void styleSetsShowNoHeldOutConcept() {
    Map<Integer, String> held = JUDGE.heldOut();
    assertTrue(held.size() >= 200, "" + held.size());
    assertTrue(held.values().containsAll(List.of("fox", "rocket", "sailboat", "cactus", "owl")));
    Set<String> names = new HashSet<>(held.values());
    for (Path set : List.of(EmojiSd.styleSet(), EmojiSd.pixelSet())) {
      for (Picture picture : PictureFolder.read(set, Recipe.SIDE, Recipe.SIDE)) {
        assertFalse(names.contains(picture.caption()), picture.name());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {JudgeFolder.FLAT, JudgeFolder.INK, JudgeFolder.GLOSSY})
  void styleClassifierHasItsRecordedAccuracy(String style) {
    List<Picture> truths = List.copyOf(JUDGE.truths(style).values());
    try (StyleClassifier classifier = StyleClassifier.load(ENGINE, JUDGE.styleClassifier())) {
      assertTrue(classifier.styles().size() >= 6);
      double right =
          classifier.styles(truths).stream().filter(style::equals).count() / (double) truths.size();
      assertEquals(classifier.accuracy(style), right, ROUNDING);
      assertTrue(right > 0.85, style + " " + right);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {JudgeFolder.INK, JudgeFolder.GLOSSY})
  void retrievalHasItsRecordedAccuracy(String style) {
    Map<Integer, Picture> truths = JUDGE.truths(style);
    try (ConceptRetrieval retrieval = ConceptRetrieval.load(ENGINE, JUDGE.conceptRetrieval())) {
      assertEquals(JUDGE.names(), retrieval.concepts());
      List<Integer> ranks =
          retrieval.ranks(List.copyOf(truths.values()), List.copyOf(truths.keySet()));
      double found =
          ranks.stream().filter(r -> r <= ConceptRetrieval.TOP).count() / (double) ranks.size();
      double said = Optional.ofNullable(retrieval.accuracies().get(style)).orElseThrow();
      assertEquals(said, found, ROUNDING);
      assertTrue(found > 0.75, style + " " + found);
    }
  }
}

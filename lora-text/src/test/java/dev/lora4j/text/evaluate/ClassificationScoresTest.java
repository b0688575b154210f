package dev.lora4j.text.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Accuracy and F1 as scikit-learn counts them ({@code f1_score(average="macro")}). */
class ClassificationScoresTest {
  @Test
  void scoresOfThreeClasses() {
    ClassificationScores found =
        new ClassificationScores(
            List.of("a", "b", "c"), List.of(List.of(3, 1, 0), List.of(2, 2, 0), List.of(0, 1, 0)));
    assertEquals(9, found.texts());
    assertEquals(5 / 9.0, found.accuracy(), 1e-15);
    assertEquals(4 / 9.0, found.commonest(), 1e-15);
    assertEquals(2 * 3 / 9.0, found.f1(0), 1e-15);
    assertEquals(2 * 2 / 8.0, found.f1(1), 1e-15);
    assertEquals(0, found.f1(2));
    assertEquals((2 / 3.0 + 0.5) / 3, found.macroF1(), 1e-15);
  }

  /** A class that no text has and none was taken for does not count. */
  @Test
  void classesThatDoNotOccurAreLeftOut() {
    ClassificationScores found =
        new ClassificationScores(
            List.of("a", "b", "c"), List.of(List.of(2, 0, 0), List.of(0, 1, 0), List.of(0, 0, 0)));
    assertEquals(1, found.macroF1());
  }
}

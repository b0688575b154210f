package dev.lora4j.text.evaluate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.google.gson.Gson;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Against sacrebleu ({@code src/test/golden/bleu_scores.py}). */
class BleuTest {
  private record Case(
      List<String> texts,
      List<String> references,
      double score,
      List<Double> precisions,
      double brevity,
      long words,
      long referenceWords) {}

  static Stream<Case> cases() throws IOException {
    String json = Files.readString(Path.of("src/test/resources/bleu.json"));
    return Stream.of(new Gson().fromJson(json, Case[].class));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresAreThoseOfSacrebleu(Case expected) {
    Bleu found = Bleu.of(expected.texts(), expected.references());
    assertEquals(expected.score(), found.score(), 1e-9);
    for (int n = 0; n < 4; n++) {
      assertEquals(expected.precisions().get(n), found.precisions().get(n), 1e-9);
    }
    assertEquals(expected.brevity(), found.brevity(), 1e-12);
    assertEquals(expected.words(), found.words());
    assertEquals(expected.referenceWords(), found.referenceWords());
  }

  @Test
  void eachTextHasAReference() {
    List<String> none = List.of();
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(none, none));
    assertThrows(IllegalArgumentException.class, () -> Bleu.of(List.of("a"), none));
  }
}

package dev.lora4j.diffusion.clip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClipVocabularyTrainerTest {
  private static final Path EMOJI = Path.of("src/test/resources/emoji-tokenizer");

  @Test
  void joinsTheMostFrequentPairFirst() {
    ClipVocabularyTrainer trainer = new ClipVocabularyTrainer();
    trainer.add("Low lower lowest", 2);
    trainer.add("NEW newer", 1);
    ClipVocabulary vocabulary = trainer.train(ClipVocabularyTrainer.FIXED_TOKENS + 4);
    List<String> joined = vocabulary.merges().stream().map(ClipVocabulary.Merge::joined).toList();
    // lo: 3 words x 2; then e is before r</w> as often as low is made from two words
    assertEquals("lo", joined.get(0));
    assertEquals(4, joined.size());
    assertEquals(ClipVocabularyTrainer.FIXED_TOKENS + 4, vocabulary.size());
    assertEquals(0, vocabulary.ids().get("!"));
    assertEquals(256, vocabulary.ids().get("!</w>"));
    assertEquals(512, vocabulary.ids().get("lo"));
    assertEquals(vocabulary.size() - 1, vocabulary.ids().get(ClipVocabulary.END));
  }

  @Test
  void theOrderOfTextsDoesNotMatter() {
    List<String> texts = List.of("a red fox", "the red house", "caf\u00e9 \ud83e\udd8a", "it's 42");
    ClipVocabularyTrainer forth = new ClipVocabularyTrainer();
    ClipVocabularyTrainer back = new ClipVocabularyTrainer();
    for (int i = 0; i < texts.size(); i++) {
      forth.add(texts.get(i), 1);
      back.add(texts.get(texts.size() - 1 - i), 1);
    }
    assertEquals(forth.train(560), back.train(560));
  }

  @Test
  void stopsWhenEveryWordIsWhole() {
    ClipVocabularyTrainer trainer = new ClipVocabularyTrainer();
    trainer.add("fox", 1);
    assertEquals(ClipVocabularyTrainer.FIXED_TOKENS + 2, trainer.train(10_000).size());
  }

  @Test
  void invalidCountsAndSizesAreRefused() {
    ClipVocabularyTrainer trainer = new ClipVocabularyTrainer();
    assertThrows(IllegalArgumentException.class, () -> trainer.add("fox", 0));
    assertThrows(IllegalArgumentException.class, () -> trainer.train(513));
  }

  @Test
  void vocabularyWritesTheFilesItRead(@TempDir Path folder) throws IOException {
    ClipVocabulary vocabulary = ClipVocabulary.read(EMOJI);
    vocabulary.write(folder);
    assertSameFiles(folder);
    assertEquals(4096, vocabulary.size());
  }

  /** The vocabulary of the bundled model: names and keywords of the emoji, names eightfold. */
  @Test
  @Tag("shared-data")
  void makesTheEmojiVocabularyAgain(@TempDir Path folder) throws IOException {
    ClipVocabularyTrainer trainer = new ClipVocabularyTrainer();
    List<String> rows = Files.readAllLines(SharedData.file("emoji/concepts.tsv"));
    for (String row : rows.subList(1, rows.size())) {
      String[] columns = row.split("\t", -1);
      trainer.add(columns[2], 8);
      trainer.add(columns[4], 1);
    }
    trainer.train(4096).write(folder);
    assertSameFiles(folder);
  }

  private static void assertSameFiles(Path folder) throws IOException {
    try (var files = Files.list(EMOJI)) {
      for (Path file : files.toList()) {
        assertEquals(-1, Files.mismatch(file, folder.resolve(file.getFileName())), file::toString);
      }
    }
  }
}

package dev.lora4j.emoji;

import dev.lora4j.diffusion.clip.ClipVocabulary;
import dev.lora4j.diffusion.clip.ClipVocabularyTrainer;
import dev.lora4j.diffusion.dataset.Atlas;
import java.io.IOException;
import java.nio.file.Path;

/** Makes the tokeniser from the names and keywords of all concepts. */
final class Vocabulary {
  /** A name stands in every caption, a keyword in few. */
  private static final long NAME_WEIGHT = 8;

  private Vocabulary() {}

  /**
   * Writes it.
   *
   * @param size tokens at the most
   * @param length tokens of a caption
   */
  static void write(Path data, Path folder, int size, int length) throws IOException {
    of(data, size).write(folder, length);
  }

  /** Token at the end of each caption. */
  static int endToken(Path data, int size) throws IOException {
    // Start and end are the last two.
    return of(data, size).size() - 1;
  }

  private static ClipVocabulary of(Path data, int size) throws IOException {
    ClipVocabularyTrainer trainer = new ClipVocabularyTrainer();
    for (Atlas.Concept concept : Atlas.concepts(data)) {
      trainer.add(concept.name(), NAME_WEIGHT);
      concept.keywords().forEach(k -> trainer.add(k, 1));
    }
    return trainer.train(size);
  }
}

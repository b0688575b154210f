package dev.lora4j.text.evaluate;

import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.evaluate.Entities.Entity;
import dev.lora4j.text.pipeline.ClassProbabilities;
import dev.lora4j.text.pipeline.TokenClassifier;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.IntConsumer;

/**
 * Scores of classes of words, as seqeval 1.2 counts them: an entity is right if its words and its
 * type are.
 *
 * @param texts number of texts
 * @param words number of words
 * @param right how many words have the right class
 * @param types scores of each type of entity, by name; none where classes have no prefixes as
 *     {@code B-} and {@code I-}
 * @param all the same of all entities together
 */
public record TaggingScores(int texts, int words, int right, Map<String, Found> types, Found all) {
  /** Copies the map. */
  public TaggingScores {
    types = Collections.unmodifiableMap(new TreeMap<>(types));
  }

  /**
   * Entities of a type.
   *
   * @param there how many there are
   * @param found how many were found
   * @param right how many of these are right
   */
  public record Found(int there, int found, int right) {
    private static final Found NONE = new Found(0, 0, 0);

    private Found add(int there, int found, int right) {
      return new Found(this.there + there, this.found + found, this.right + right);
    }

    /** Share of what was found that is right; 0 if nothing was. */
    public double precision() {
      return found == 0 ? 0 : (double) right / found;
    }

    /** Share of what is there that was found; 0 if nothing is. */
    public double recall() {
      return there == 0 ? 0 : (double) right / there;
    }

    /** The harmonic mean of both; 0 if both are. */
    public double f1() {
      return right == 0 ? 0 : 2.0 * right / (there + found);
    }
  }

  /** Share of words with the right class. */
  public double accuracy() {
    return words == 0 ? 0 : (double) right / words;
  }

  /**
   * Scores a model.
   *
   * @param mix the model's adapters
   * @param listener receives the number of texts that are done
   */
  public static TaggingScores of(
      TokenClassifier model, List<TaggedText> texts, MixPlan mix, IntConsumer listener) {
    List<List<ClassProbabilities>> found = model.probabilities(texts, mix, listener);
    List<List<String>> expected = new ArrayList<>();
    List<List<String>> told = new ArrayList<>();
    for (int i = 0; i < texts.size(); i++) {
      TaggedText text = texts.get(i);
      List<String> own = new ArrayList<>();
      for (int word = 0; word < text.tags().size(); word++) {
        if (text.firsts().get(word) >= 0) {
          own.add(model.tags().get(text.tags().get(word)));
        }
      }
      expected.add(own);
      told.add(found.get(i).stream().map(ClassProbabilities::label).toList());
    }
    return of(expected, told, Entities.prefixed(model.tags()));
  }

  /**
   * Scores of classes.
   *
   * @param expected right ones of each text's words
   * @param told those to score
   * @param entities whether they have prefixes
   */
  static TaggingScores of(List<List<String>> expected, List<List<String>> told, boolean entities) {
    int words = 0;
    int right = 0;
    Map<String, Found> types = new TreeMap<>();
    Found all = Found.NONE;
    for (int i = 0; i < expected.size(); i++) {
      for (int word = 0; word < expected.get(i).size(); word++) {
        right += expected.get(i).get(word).equals(told.get(i).get(word)) ? 1 : 0;
        words++;
      }
      if (entities) {
        Set<Entity> there = new HashSet<>(Entities.of(expected.get(i)));
        Set<Entity> found = new HashSet<>(Entities.of(told.get(i)));
        for (Entity one : there) {
          types.merge(one.type(), new Found(1, 0, found.contains(one) ? 1 : 0), TaggingScores::sum);
        }
        found.forEach(one -> types.merge(one.type(), new Found(0, 1, 0), TaggingScores::sum));
      }
    }
    for (Found one : types.values()) {
      all = sum(all, one);
    }
    return new TaggingScores(expected.size(), words, right, types, all);
  }

  private static Found sum(Found a, Found b) {
    return a.add(b.there(), b.found(), b.right());
  }
}

package dev.lora4j.recipes.translation;

import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A language that nobody speaks: its own words for the same things, an order of its own, a mark on
 * objects and one on what is past.
 *
 * @param name of the language
 * @param words for the words of {@link Meaning}, by their numbers
 * @param verbFirst whether the verb comes before subject and object, else after both
 * @param adjectiveLast whether an adjective follows its noun
 * @param object ending of nouns that something is done to
 * @param past ending of verbs of what is past
 */
record MadeLanguage(
    String name,
    List<String> words,
    boolean verbFirst,
    boolean adjectiveLast,
    String object,
    String past) {
  private static final List<String> CONSONANTS =
      List.of("b", "d", "f", "g", "k", "l", "m", "n", "p", "r", "s", "t", "v", "z", "sh", "tr");

  private static final List<String> VOWELS = List.of("a", "e", "i", "o", "u", "ai", "ou");

  /** Copies its words. */
  MadeLanguage {
    words = List.copyOf(words);
  }

  /** A language by chance of a seed and its name. */
  static MadeLanguage of(String name, long seed) {
    SeededNoise noise = SeededNoise.of(seed, name.hashCode());
    Set<String> known = new HashSet<>();
    List<String> words = new ArrayList<>();
    while (words.size() < Meaning.WORDS.size()) {
      String word = syllable(noise) + syllable(noise);
      if (known.add(word)) {
        words.add(word);
      }
    }
    return new MadeLanguage(
        name, words, noise.index(2) == 0, noise.index(2) == 0, syllable(noise), syllable(noise));
  }

  private static String syllable(SeededNoise noise) {
    return CONSONANTS.get(noise.index(CONSONANTS.size())) + VOWELS.get(noise.index(VOWELS.size()));
  }

  /** A sentence in this language. */
  String say(Meaning meaning) {
    String verb = words.get(meaning.verb()) + (meaning.past() ? past : "");
    String subject = noun(meaning.subject(), meaning.subjectKind(), "");
    String whom = noun(meaning.object(), meaning.objectKind(), object);
    String place = words.get(meaning.place());
    return verbFirst
        ? String.join(" ", verb, subject, whom, place)
        : String.join(" ", place, subject, whom, verb);
  }

  private String noun(int noun, int adjective, String ending) {
    String thing = words.get(noun) + ending;
    String kind = words.get(adjective);
    return adjectiveLast ? thing + " " + kind : kind + " " + thing;
  }
}

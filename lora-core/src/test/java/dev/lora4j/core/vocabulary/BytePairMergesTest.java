package dev.lora4j.core.vocabulary;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class BytePairMergesTest {
  private static List<String> letters(String word) {
    return word.codePoints().mapToObj(Character::toString).toList();
  }

  private static List<String> merged(BytePairMerges merges) {
    List<String> all = new ArrayList<>();
    for (Optional<SymbolPair> next = merges.next(); next.isPresent(); next = merges.next()) {
      all.add(next.get().left() + " " + next.get().right());
    }
    return all;
  }

  /** The words of the paper, without marks of their ends. */
  @Test
  void mostFrequentPairComesFirst() {
    BytePairMerges merges = new BytePairMerges();
    merges.add(letters("low"), 5);
    merges.add(letters("lower"), 2);
    merges.add(letters("newest"), 6);
    merges.add(letters("widest"), 3);
    assertEquals(List.of("e s", "es t", "l o", "lo w"), merged(merges).subList(0, 4));
  }

  @Test
  void orderOfWordsDoesNotCount() {
    BytePairMerges one = new BytePairMerges();
    BytePairMerges other = new BytePairMerges();
    List<String> words = List.of("aaaa", "abab", "baba", "bb");
    for (int i = 0; i < words.size(); i++) {
      one.add(letters(words.get(i)), 1);
      other.add(letters(words.get(words.size() - 1 - i)), 1);
    }
    assertEquals(merged(one), merged(other));
  }

  @Test
  void occurrencesAreJoinedFromTheLeft() {
    BytePairMerges merges = new BytePairMerges();
    merges.add(letters("aaa"), 1);
    assertEquals(List.of("a a", "aa a"), merged(merges));
  }
}

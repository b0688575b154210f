package dev.lora4j.recipes.translation;

import dev.lora4j.core.train.SeededNoise;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Something that can be said: who does what to whom, where, now or in the past. Numbers are those
 * of {@link #WORDS}.
 */
record Meaning(
    int subjectKind, int subject, int verb, int objectKind, int object, int place, boolean past) {
  private static final List<String> NOUNS =
      List.of(
          ("fox ship king child horse river-man teacher sailor dog cat bird baker farmer doctor queen"
                  + " letter bread house song boat apple wolf sister brother painter soldier book lamp"
                  + " hammer garden")
              .split(" "));
  private static final List<String> KINDS =
      List.of(
          "old young red blue small great quiet angry happy tired clever poor rich strange white black"
              .split(" "));
  private static final List<String> VERBS =
      List.of(
          "sees finds loves carries follows hears buys sells paints hides helps calls brings leaves"
              .split(" "));
  private static final List<String> PASTS =
      List.of(
          "saw found loved carried followed heard bought sold painted hid helped called brought left"
              .split(" "));
  private static final List<String> PLACES =
      List.of(
          ("in the town;near the river;on the hill;at the market;under the bridge;in the forest;behind"
                  + " the church;by the sea;on the road;in the kitchen")
              .split(";"));

  /** All words that a language has: nouns, kinds, verbs, places. */
  static final List<String> WORDS =
      Stream.of(NOUNS, KINDS, VERBS, PLACES).flatMap(List::stream).toList();

  private static final int KIND = NOUNS.size();
  private static final int VERB = KIND + KINDS.size();
  private static final int PLACE = VERB + VERBS.size();

  /** So many that differ. */
  static List<Meaning> drawn(int count, SeededNoise noise) {
    Set<Meaning> all = new LinkedHashSet<>();
    while (all.size() < count) {
      all.add(
          new Meaning(
              KIND + noise.index(KINDS.size()),
              noise.index(NOUNS.size()),
              VERB + noise.index(VERBS.size()),
              KIND + noise.index(KINDS.size()),
              noise.index(NOUNS.size()),
              PLACE + noise.index(PLACES.size()),
              noise.index(2) == 0));
    }
    return new ArrayList<>(all);
  }

  /** The sentence in English. */
  String english() {
    return "the %s %s %s the %s %s %s"
        .formatted(
            WORDS.get(subjectKind),
            WORDS.get(subject),
            past ? PASTS.get(verb - VERB) : WORDS.get(verb),
            WORDS.get(objectKind),
            WORDS.get(object),
            WORDS.get(place));
  }
}

package dev.lora4j.text.train;

import dev.lora4j.text.data.MatchedText;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Texts that belong together of a run, each match known by its anchor. */
final class MatchedBatches {
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two matches may have equal ones. */
  private final IdentityHashMap<TokenSequence, MatchedText> matches = new IdentityHashMap<>();

  MatchedBatches(List<MatchedText> learned, List<MatchedText> heldOut) {
    learned.forEach(match -> this.learned.add(known(match)));
    heldOut.forEach(match -> this.heldOut.add(known(match)));
  }

  private TokenSequence known(MatchedText match) {
    TokenSequence anchor = match.anchor().copy();
    matches.put(anchor, match);
    return anchor;
  }

  /** Anchors of the matches that are learned. */
  List<TokenSequence> learned() {
    return learned;
  }

  /** Anchors of those that are held out. */
  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** The match of an anchor. */
  MatchedText of(TokenSequence anchor) {
    MatchedText found = matches.get(anchor);
    if (found == null) {
      throw new IllegalArgumentException(
          "There is no match with this anchor of " + anchor.ids().length + " tokens.");
    }
    return found;
  }

  /** The positives of anchors in their order, then all negatives. */
  List<TokenSequence> documents(List<TokenSequence> anchors) {
    List<TokenSequence> all = new ArrayList<>();
    anchors.forEach(anchor -> all.add(of(anchor).positive()));
    anchors.forEach(anchor -> all.addAll(of(anchor).negatives()));
    return all;
  }

  /**
   * Documents that do not count against an anchor: itself, and all that belongs to it in the batch,
   * however often it is there. Minus infinity for these, else 0: [anchors * documents].
   */
  double[] excluded(List<TokenSequence> anchors) {
    List<List<Integer>> documents = documents(anchors).stream().map(MatchedBatches::ids).toList();
    Map<List<Integer>, Set<List<Integer>>> own = new HashMap<>();
    for (int i = 0; i < anchors.size(); i++) {
      List<Integer> anchor = ids(anchors.get(i));
      own.computeIfAbsent(anchor, a -> new HashSet<>(Set.of(a))).add(documents.get(i));
    }
    double[] all = new double[anchors.size() * documents.size()];
    for (int i = 0; i < anchors.size(); i++) {
      Set<List<Integer>> belong = own.getOrDefault(ids(anchors.get(i)), Set.of());
      for (int d = 0; d < documents.size(); d++) {
        if (d != i && belong.contains(documents.get(d))) {
          all[i * documents.size() + d] = Double.NEGATIVE_INFINITY;
        }
      }
    }
    return all;
  }

  private static List<Integer> ids(TokenSequence text) {
    return IntStream.of(text.ids()).boxed().toList();
  }

  /** Digest of all documents, which a checkpoint depends on beside the anchors. */
  String digestOfDocuments() {
    return TrainingTexts.digest(
        Stream.concat(learned.stream(), heldOut.stream())
            .flatMap(anchor -> of(anchor).documents().stream())
            .toList());
  }
}

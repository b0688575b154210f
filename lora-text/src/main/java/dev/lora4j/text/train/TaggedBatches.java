package dev.lora4j.text.train;

import dev.lora4j.text.data.TaggedText;
import dev.lora4j.text.data.TokenSequence;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.stream.Stream;

/** Texts with classes of words of a run, each known by its sequence. */
final class TaggedBatches {
  private final List<TokenSequence> learned = new ArrayList<>();
  private final List<TokenSequence> heldOut = new ArrayList<>();

  /** By the sequences themselves, as two texts may have equal ones. */
  private final IdentityHashMap<TokenSequence, TaggedText> texts = new IdentityHashMap<>();

  TaggedBatches(List<TaggedText> learned, List<TaggedText> heldOut) {
    learned.forEach(text -> this.learned.add(known(text)));
    heldOut.forEach(text -> this.heldOut.add(known(text)));
  }

  private TokenSequence known(TaggedText text) {
    TokenSequence sequence = text.text().copy();
    texts.put(sequence, text);
    return sequence;
  }

  List<TokenSequence> learned() {
    return learned;
  }

  List<TokenSequence> heldOut() {
    return heldOut;
  }

  /** The text of a sequence. */
  TaggedText of(TokenSequence sequence) {
    TaggedText found = texts.get(sequence);
    if (found == null) {
      throw new IllegalArgumentException(
          "There are no classes of this text of " + sequence.ids().length + " tokens.");
    }
    return found;
  }

  /** Digest of the classes of all words, which a checkpoint depends on beside the texts. */
  String digestOfTags() {
    return TrainingTexts.digestOf(
        Stream.concat(learned.stream(), heldOut.stream())
            .map(this::of)
            .map(text -> text.firsts() + " " + text.tags())
            .toList());
  }
}

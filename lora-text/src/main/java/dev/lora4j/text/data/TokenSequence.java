package dev.lora4j.text.data;

import dev.lora4j.text.network.EncoderFeatures;
import java.util.Optional;

/**
 * An example as token ids.
 *
 * @param ids of the text; of an encoder and decoder those of the input, none where it has features
 * @param counted for each id whether it is learned; at the first it has no meaning, as nothing
 *     comes before it
 * @param target ids of what a decoder should write, its end included; empty elsewhere
 * @param label number of the class among {@link TokenSequences#labels()}, or -1
 * @param features input of an encoder that reads something else than tokens
 */
@SuppressWarnings("ArrayRecordComponent") // handed to tensors as they are, and never compared
public record TokenSequence(
    int[] ids, boolean[] counted, int[] target, int label, Optional<EncoderFeatures> features) {
  /** A sequence of tokens alone. */
  public TokenSequence(int[] ids, boolean[] counted, int[] target, int label) {
    this(ids, counted, target, label, Optional.empty());
  }

  /** Output of a decoder for features of its encoder. */
  public static TokenSequence of(EncoderFeatures features, int[] target) {
    return new TokenSequence(new int[0], new boolean[0], target, -1, Optional.of(features));
  }

  static TokenSequence of(int[] ids, boolean[] counted) {
    return new TokenSequence(ids, counted, new int[0], -1);
  }

  /** Another sequence that is the same, to know it by itself. */
  public TokenSequence copy() {
    return new TokenSequence(ids, counted, target, label, features);
  }

  /** Number of ids, of the longer side. */
  public int length() {
    return Math.max(ids.length, target.length);
  }

  /** Number of ids that are learned. */
  public int learned() {
    int learned = 0;
    for (int i = 1; i < counted.length; i++) {
      learned += counted[i] ? 1 : 0;
    }
    return target.length > 0 ? target.length : learned;
  }
}

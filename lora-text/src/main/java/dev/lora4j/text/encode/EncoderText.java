package dev.lora4j.text.encode;

import dev.lora4j.core.mix.MixPlan;

/**
 * A text as a network reads it, with its adapters.
 *
 * @param ids its tokens, with those that the model has before, between and behind texts; at least
 *     one
 * @param types for each token, which of two texts it is of: 0 or 1
 * @param mix its adapters
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record EncoderText(int[] ids, int[] types, MixPlan mix) {
  /** Refuses texts without tokens, and types that are not one for each. */
  public EncoderText {
    if (ids.length == 0 || types.length != ids.length) {
      throw new IllegalArgumentException(
          "a text has one token or more and a type of each, not "
              + ids.length
              + " tokens and "
              + types.length
              + " types");
    }
  }

  /** One text without adapters. */
  public static EncoderText of(int... ids) {
    return new EncoderText(ids, new int[ids.length], MixPlan.NONE);
  }

  /** The same with adapters. */
  public EncoderText with(MixPlan other) {
    return new EncoderText(ids, types, other);
  }
}

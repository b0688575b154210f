package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.clip.ClipTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Captions as one text encoder takes them in training: cut at its places, with no signs that mean
 * emphasis.
 *
 * @param ids I64 [captions, tokens]
 * @param ends I64 [captions], where the end token first occurs
 */
public record CaptionTokens(Tensor ids, Tensor ends) {
  /** For this tokeniser's encoder; both belong to {@code scope}. */
  public static CaptionTokens of(Scope scope, ClipTokenizer tokenizer, List<String> captions) {
    int tokens = tokenizer.maxLength();
    long[] ids = new long[captions.size() * tokens];
    long[] ends = new long[captions.size()];
    for (int row = 0; row < captions.size(); row++) {
      int[] of = tokenizer.encode(captions.get(row)).ids();
      for (int t = tokens - 1; t >= 0; t--) {
        ids[row * tokens + t] = of[t];
        ends[row] = of[t] == tokenizer.endId() ? t : ends[row];
      }
    }
    return new CaptionTokens(
        Tensor.ofLongs(scope, Shape.of(captions.size(), tokens), ids),
        Tensor.ofLongs(scope, Shape.of(captions.size()), ends));
  }

  /** How many tokens of a caption are cut off. */
  public static int cut(ClipTokenizer tokenizer, String caption) {
    return tokenizer.encode(caption).dropped().size();
  }

  static float[] row(float[] all, int row, int width) {
    return Arrays.copyOfRange(all, row * width, (row + 1) * width);
  }
}

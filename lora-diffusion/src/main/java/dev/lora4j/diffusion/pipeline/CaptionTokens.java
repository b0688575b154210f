package dev.lora4j.diffusion.pipeline;

import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.text.PromptTokenizer;
import java.util.Arrays;
import java.util.List;

/**
 * Captions as one text encoder takes them in training: cut at its places, with no signs that mean
 * emphasis.
 *
 * @param ids I64 [captions, tokens]
 * @param ends I64 [captions], where each ends
 */
public record CaptionTokens(Tensor ids, Tensor ends) {
  /** For this tokeniser's encoder; both belong to {@code scope}. */
  public static CaptionTokens of(Scope scope, PromptTokenizer tokenizer, List<String> captions) {
    int tokens = tokenizer.maxLength();
    long[] ids = new long[captions.size() * tokens];
    long[] ends = new long[captions.size()];
    for (int row = 0; row < captions.size(); row++) {
      int[] all = tokenizer.pieces(captions.get(row));
      int[] of = tokenizer.framed(Arrays.copyOf(all, Math.min(all.length, tokenizer.room())));
      for (int t = 0; t < tokens; t++) {
        ids[row * tokens + t] = of[t];
      }
      ends[row] = tokenizer.end(of);
    }
    return new CaptionTokens(
        Tensor.ofLongs(scope, Shape.of(captions.size(), tokens), ids),
        Tensor.ofLongs(scope, Shape.of(captions.size()), ends));
  }

  /** How many tokens of a caption are cut off. */
  public static int cut(PromptTokenizer tokenizer, String caption) {
    return Math.max(0, tokenizer.pieces(caption).length - tokenizer.room());
  }

  static float[] row(float[] all, int row, int width) {
    return Arrays.copyOfRange(all, row * width, (row + 1) * width);
  }
}

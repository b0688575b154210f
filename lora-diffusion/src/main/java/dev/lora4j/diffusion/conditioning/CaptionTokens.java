package dev.lora4j.diffusion.conditioning;

import dev.lora4j.core.model.text.PromptTokenizer;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Captions as one text encoder takes them in training: in chunks as long as its places allow, cut
 * at the end of the last, with no signs that mean emphasis.
 *
 * @param ids I64 [captions * chunks, tokens], the chunks of a caption one after the other
 * @param ends I64 [captions * chunks], where each ends
 */
public record CaptionTokens(Tensor ids, Tensor ends) {
  /** In one chunk each. */
  public static CaptionTokens of(Scope scope, PromptTokenizer tokenizer, List<String> captions) {
    return of(scope, tokenizer, captions, 1);
  }

  /**
   * For this tokeniser's encoder; both belong to {@code scope}.
   *
   * @param chunks of each caption, be it shorter or not
   */
  public static CaptionTokens of(
      Scope scope, PromptTokenizer tokenizer, List<String> captions, int chunks) {
    int tokens = tokenizer.maxLength();
    int room = tokenizer.room();
    int rows = captions.size() * chunks;
    long[] ids = new long[rows * tokens];
    long[] ends = new long[rows];
    for (int row = 0; row < rows; row++) {
      int[] all = tokenizer.pieces(captions.get(row / chunks));
      int from = Math.min(all.length, row % chunks * room);
      int[] of = tokenizer.framed(Arrays.copyOfRange(all, from, Math.min(all.length, from + room)));
      for (int t = 0; t < tokens; t++) {
        ids[row * tokens + t] = of[t];
      }
      ends[row] = tokenizer.end(of);
    }
    return new CaptionTokens(
        Tensor.ofLongs(scope, Shape.of(rows, tokens), ids),
        Tensor.ofLongs(scope, Shape.of(rows), ends));
  }

  /**
   * Token positions of all chunks, counted through, that condition the denoiser in training: as in
   * sd-scripts, those before the text of the first chunk and after that of the last, and of the
   * others the text alone.
   */
  public static int[] kept(PromptTokenizer tokenizer, int chunks) {
    int tokens = tokenizer.maxLength();
    int before = tokenizer.before();
    return IntStream.range(0, chunks * tokens)
        .filter(at -> at < before || at % tokens >= before)
        .filter(at -> at >= (chunks - 1) * tokens || at % tokens < before + tokenizer.room())
        .toArray();
  }

  /** Number of tokens of a caption that are cut off with so many chunks. */
  public static int cut(PromptTokenizer tokenizer, String caption, int chunks) {
    return Math.max(0, tokenizer.pieces(caption).length - chunks * tokenizer.room());
  }

  static float[] row(float[] all, int row, int width) {
    return Arrays.copyOfRange(all, row * width, (row + 1) * width);
  }
}

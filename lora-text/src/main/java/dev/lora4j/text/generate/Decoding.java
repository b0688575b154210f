package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.List;

/**
 * Rows that are computed token by token, with their key-value cache. Each request has as many
 * adjacent rows as it has beams.
 */
interface Decoding {
  /** The tokens that the sequence of each start begins with. */
  List<int[]> begins();

  /** The logits after these tokens: F32 [rows, vocabulary], row by row. */
  float[] first(Scope step);

  /**
   * The logits after one more token of each row: F32 [rows, vocabulary], row by row.
   *
   * @param tokens the last token of each row
   * @param positions its place in the sequence
   * @param reach how many tokens the longest row has that is still read
   */
  float[] next(Scope step, long[] tokens, long[] positions, int reach);

  /**
   * Reorders rows: each continues another one.
   *
   * @param from for each row, that other one
   * @param reach number of tokens of the longest row
   */
  void reorder(Scope step, long[] from, int reach);

  /**
   * Leaves rows out from now on; those that stay get new indices.
   *
   * @param rows those that stay, in ascending order
   */
  void keep(int[] rows);
}

package dev.lora4j.text.generate;

import dev.lora4j.core.tensor.Scope;
import java.util.List;

/**
 * Rows that are computed token by token, with what attention remembers of them. Each start has as
 * many rows side by side as there are to choose from.
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
   * Lets each row go on from another one.
   *
   * @param from for each row, that other one
   * @param reach how many tokens the longest row has
   */
  void reorder(Scope step, long[] from, int reach);

  /**
   * Leaves rows out from now on; those that stay are counted anew.
   *
   * @param rows those that stay, in ascending order
   */
  void keep(int[] rows);
}

package dev.lora4j.text.generate;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Active rows of a batch: those whose texts are not done. */
final class ActiveRows {
  private ActiveRows() {}

  /**
   * Rows to compute from now on. Leaving rows out copies the cache of the others, so it happens
   * when half of them or more are done.
   *
   * @param live rows that were computed until now
   * @param each rows of one
   */
  static <T> List<T> of(List<T> live, Predicate<T> done, int each, Decoding decoding) {
    int[] open = IntStream.range(0, live.size()).filter(i -> !done.test(live.get(i))).toArray();
    if (open.length == 0 || 2 * open.length > live.size()) {
      return live;
    }
    decoding.keep(
        Arrays.stream(open).flatMap(i -> IntStream.range(i * each, (i + 1) * each)).toArray());
    return Arrays.stream(open).mapToObj(live::get).toList();
  }
}

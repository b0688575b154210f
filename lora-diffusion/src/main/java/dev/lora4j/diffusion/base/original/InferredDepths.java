package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.unet.UNetVariant;
import dev.lora4j.diffusion.unet.UNetVariant.Middle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Transformer blocks after each residual block of a denoiser, by the shapes of its weights; 0
 * without cross-attention.
 *
 * @param down by resolution, finest first
 * @param up by resolution, coarsest first
 * @param middle in the middle
 */
record InferredDepths(List<List<Integer>> down, List<List<Integer>> up, int middle) {
  /** True if the blocks of a resolution have cross-attention. */
  static boolean attends(List<Integer> depths) {
    return depths.get(0) > 0;
  }

  /** Reason for which no denoiser with these depths can be computed; empty if one can. */
  Optional<String> problem() {
    for (List<List<Integer>> way : List.of(down, up)) {
      for (List<Integer> depths : way) {
        if (depths.contains(0) && depths.stream().anyMatch(d -> d > 0)) {
          return Optional.of("of one resolution some blocks attend to the text and others do not");
        }
      }
    }
    int last = down.get(down.size() - 1).get(0);
    return middle > 0 && last > 0 && middle != last
        ? Optional.of("its middle has another number of transformer blocks than what comes before")
        : Optional.empty();
  }

  /** Transformer blocks of each resolution on the way down. */
  List<Integer> byLevel() {
    List<Integer> all = new ArrayList<>();
    for (int level = 0; level < down.size(); level++) {
      boolean last = level == down.size() - 1;
      int back = even() ? up.get(down.size() - 1 - level).get(0) : 0;
      int most = Math.max(down.get(level).get(0), back);
      // The last one's is the middle's too.
      all.add(last && middle > 0 ? middle : Math.max(1, most));
    }
    return all;
  }

  /** True if all blocks of each resolution have equally many. */
  private boolean even() {
    for (int level = 0; level < down.size(); level++) {
      boolean last = level == down.size() - 1;
      List<Integer> both = new ArrayList<>(down.get(level));
      both.addAll(up.get(down.size() - 1 - level));
      if (last) {
        both.add(middle);
      }
      if (both.stream().filter(d -> d > 0).distinct().count() > 1) {
        return false;
      }
    }
    return true;
  }

  /** The variant that these depths make with such a middle. */
  UNetVariant variant(Middle kind) {
    UNetVariant plain = UNetVariant.of(kind, 0);
    if (even()) {
      return plain;
    }
    boolean nested = down.stream().anyMatch(d -> d.stream().distinct().count() > 1);
    List<Integer> levels = byLevel();
    List<List<Integer>> ways = new ArrayList<>();
    for (int level = 0; level < down.size(); level++) {
      int usual = levels.get(level);
      ways.add(down.get(level).stream().map(d -> d > 0 ? d : usual).toList());
    }
    List<List<Integer>> back =
        up.stream().map(depths -> depths.stream().map(d -> Math.max(1, d)).toList()).toList();
    return plain.depths(nested ? ways : List.of(), back);
  }
}

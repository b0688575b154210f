package dev.lora4j.diffusion.base.original;

import dev.lora4j.core.tensor.Shape;
import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * The sizes of a denoiser, from the names and shapes of its weights. Heads cannot be seen in them:
 * networks with linear projections (Stable Diffusion 2 and XL) have heads of width 64, those with
 * convolutions (Stable Diffusion 1) have 8 heads.
 */
final class MeasuredUNet {
  private static final int HEADS = 8;
  private static final int HEAD_WIDTH = 64;
  private static final int GROUPS = 32;

  /** What the sizes that a denoiser is told are, and how many. */
  private static final int SIZES = 6;

  private final KeyTree keys;
  private final String prefix;

  /** Blocks of one resolution. */
  private record Level(List<Integer> channels, List<Integer> depths) {}

  MeasuredUNet(KeyTree keys, String prefix) {
    this.keys = keys;
    this.prefix = prefix;
  }

  /**
   * The sizes.
   *
   * @param pooled width of the pooled text that the denoiser is told; 0 if it is told none
   * @param upcast whether attention is computed in F32 whatever the rest is computed in
   */
  UNetConfig config(int pooled, boolean upcast) {
    List<Level> levels = down();
    int layers = levels.get(0).channels().size();
    List<Integer> channels = new ArrayList<>();
    List<Integer> depths = new ArrayList<>();
    for (Level level : levels) {
      channels.add(same("channels", level.channels()));
      depths.add(same("transformer blocks", level.depths()));
      if (level.channels().size() != layers) {
        throw irregular("its resolutions have different numbers of blocks");
      }
    }
    int middle = keys.count(prefix + "middle_block.1.transformer_blocks.");
    if (middle == 0) {
      throw irregular("nothing in the middle of it attends to the text");
    }
    List<Integer> up = up(levels.size(), layers);
    List<Integer> transformers = new ArrayList<>();
    for (int level = 0; level < levels.size(); level++) {
      boolean last = level == levels.size() - 1;
      int depth = depths.get(level);
      int back = up.get(levels.size() - 1 - level);
      if ((depth > 0 && back > 0 && depth != back) || (last && depth > 0 && depth != middle)) {
        throw irregular("one resolution has different numbers of transformer blocks");
      }
      // The last one's is the middle's too.
      transformers.add(last ? middle : Math.max(1, Math.max(depth, back)));
    }
    boolean linear = projection().rank() == 2;
    return new UNetConfig(
        keys.size(prefix + "input_blocks.0.0.weight", 1),
        keys.size(prefix + "out.2.weight", 0),
        channels,
        depths.stream().map(d -> d > 0).toList(),
        up.stream().map(d -> d > 0).toList(),
        layers,
        keys.size(prefix + "middle_block.1.transformer_blocks.0.attn2.to_k.weight", 1),
        channels.stream().map(c -> heads(c, linear)).toList(),
        GROUPS,
        1e-5,
        linear,
        transformers,
        upcast,
        added(pooled));
  }

  private Shape projection() {
    String name = prefix + "middle_block.1.proj_in.weight";
    keys.size(name, 1);
    return keys.shape(name).orElseThrow();
  }

  private List<Level> down() {
    List<Level> levels = new ArrayList<>();
    Level level = new Level(new ArrayList<>(), new ArrayList<>());
    for (int n = 1; keys.below(prefix + "input_blocks." + n + "."); n++) {
      String block = prefix + "input_blocks." + n + ".";
      if (keys.has(block + "0.op.weight")) {
        levels.add(level);
        level = new Level(new ArrayList<>(), new ArrayList<>());
      } else {
        level.channels().add(keys.size(block + "0.out_layers.3.weight", 0));
        level.depths().add(keys.count(block + "1.transformer_blocks."));
      }
    }
    levels.add(level);
    if (levels.stream().anyMatch(l -> l.channels().isEmpty())) {
      throw irregular("a resolution has no blocks");
    }
    return levels;
  }

  /** Transformer blocks of each resolution on the way up, coarsest first. */
  private List<Integer> up(int levels, int layers) {
    return IntStream.range(0, levels)
        .mapToObj(
            level ->
                same(
                    "transformer blocks",
                    IntStream.rangeClosed(0, layers)
                        .map(
                            i ->
                                keys.count(
                                    prefix
                                        + "output_blocks."
                                        + (level * (layers + 1) + i)
                                        + ".1.transformer_blocks."))
                        .boxed()
                        .toList()))
        .toList();
  }

  private Optional<UNetConfig.Added> added(int pooled) {
    if (pooled == 0) {
      return Optional.empty();
    }
    int width = keys.size(prefix + "label_emb.0.0.weight", 1);
    if (width <= pooled || (width - pooled) % SIZES != 0) {
      throw keys.refused(
          "its denoiser is told "
              + width
              + " numbers beside the text, which are not its pooled text ("
              + pooled
              + ") and six sizes.");
    }
    return Optional.of(new UNetConfig.Added((width - pooled) / SIZES, width));
  }

  private int heads(int channels, boolean linear) {
    int parts = linear ? HEAD_WIDTH : HEADS;
    if (channels % parts != 0 || channels % GROUPS != 0) {
      throw keys.refused(
          "its denoiser has "
              + channels
              + " channels, from which the heads of its attention and the groups of its norms"
              + " cannot be told. Give the folder with its configuration (--base-config).");
    }
    return linear ? channels / HEAD_WIDTH : HEADS;
  }

  private int same(String what, List<Integer> numbers) {
    if (numbers.stream().distinct().count() > 1) {
      throw irregular("one resolution has different numbers of " + what);
    }
    return numbers.get(0);
  }

  private RuntimeException irregular(String how) {
    return keys.refused(
        "its denoiser is built as none that can be computed here: "
            + how
            + ", as in SSD-1B and Segmind Vega for example.");
  }
}

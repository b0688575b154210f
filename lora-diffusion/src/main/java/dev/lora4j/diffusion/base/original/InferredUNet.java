package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.unet.UNetConfig;
import dev.lora4j.diffusion.unet.UNetVariant.Middle;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The sizes of a denoiser, from the names and shapes of its weights. Heads do not show in them:
 * networks with linear projections (Stable Diffusion 2 and XL) have heads of width 64, those with
 * convolutions (Stable Diffusion 1) have 8 heads.
 */
final class InferredUNet {
  private static final int HEADS = 8;
  private static final int HEAD_WIDTH = 64;
  private static final int GROUPS = 32;

  private static final String TRANSFORMERS = "transformer_blocks.";
  private static final String MIDDLE_ATTENTION = "middle_block.1.";

  /** Numbers of the size conditioning. */
  private static final int SIZES = 6;

  private final KeyTree keys;
  private final String prefix;
  private final boolean linear;

  /** Blocks of one resolution. */
  private record Level(List<Integer> channels, List<Integer> depths) {}

  /**
   * A denoiser in a file.
   *
   * @param linear whether its kind has linear projections, also where they lie as convolutions
   */
  InferredUNet(KeyTree keys, String prefix, boolean linear) {
    this.keys = keys;
    this.prefix = prefix;
    this.linear = linear;
  }

  /**
   * The sizes.
   *
   * @param pooled width of the pooled text of the added conditioning; 0 without it
   * @param upcast whether attention is computed in F32, whatever the compute type
   */
  UNetConfig config(int pooled, boolean upcast) {
    List<Level> levels = down();
    int layers = levels.get(0).channels().size();
    List<Integer> channels = new ArrayList<>();
    for (Level level : levels) {
      channels.add(same("channels", level.channels()));
      if (level.channels().size() != layers) {
        throw irregular("its resolutions have different numbers of blocks");
      }
    }
    Middle kind = kindOfMiddle();
    int middle = keys.count(prefix + MIDDLE_ATTENTION + TRANSFORMERS);
    if (kind == Middle.CROSS_ATTENTION && middle == 0) {
      throw irregular("nothing in the middle of it attends to the text");
    }
    InferredDepths depths =
        new InferredDepths(
            levels.stream().map(Level::depths).toList(), up(levels.size(), layers), middle);
    Optional<String> problem = depths.problem();
    if (problem.isPresent()) {
      throw irregular(problem.get());
    }
    String attention = prefix + attention(levels.size() * (layers + 1));
    boolean projected = linear || rank(attention + "proj_in.weight") == 2;
    return new UNetConfig(
        keys.size(prefix + "input_blocks.0.0.weight", 1),
        keys.size(prefix + "out.2.weight", 0),
        channels,
        depths.down().stream().map(InferredDepths::attends).toList(),
        depths.up().stream().map(InferredDepths::attends).toList(),
        layers,
        keys.size(attention + "transformer_blocks.0.attn2.to_k.weight", 1),
        channels.stream().map(c -> heads(c, projected)).toList(),
        GROUPS,
        1e-5,
        projected,
        depths.byLevel(),
        upcast,
        added(pooled),
        depths.variant(kind));
  }

  /** Kind of the middle: cross-attention, a residual block alone, or nothing. */
  private Middle kindOfMiddle() {
    if (keys.below(prefix + MIDDLE_ATTENTION)) {
      return Middle.CROSS_ATTENTION;
    }
    return keys.below(prefix + "middle_block.0.") ? Middle.RESIDUAL : Middle.NONE;
  }

  /** Prefix of the first layer with cross-attention. */
  private String attention(int blocks) {
    return Stream.concat(
            Stream.of(MIDDLE_ATTENTION),
            IntStream.rangeClosed(0, blocks)
                .boxed()
                .flatMap(n -> Stream.of("input_blocks." + n + ".1.", "output_blocks." + n + ".1.")))
        .filter(name -> keys.below(prefix + name + TRANSFORMERS))
        .findFirst()
        .orElseThrow(() -> irregular("nothing in it attends to the text"));
  }

  private int rank(String name) {
    keys.size(name, 1);
    return keys.shape(name).orElseThrow().rank();
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
        level.depths().add(keys.count(block + "1." + TRANSFORMERS));
      }
    }
    levels.add(level);
    if (levels.stream().anyMatch(l -> l.channels().isEmpty())) {
      throw irregular("a resolution has no blocks");
    }
    return levels;
  }

  /** Transformer blocks after each residual block on the way up, coarsest resolution first. */
  private List<List<Integer>> up(int levels, int layers) {
    return IntStream.range(0, levels)
        .mapToObj(
            level ->
                IntStream.rangeClosed(0, layers)
                    .map(i -> level * (layers + 1) + i)
                    .map(n -> keys.count(prefix + "output_blocks." + n + ".1." + TRANSFORMERS))
                    .boxed()
                    .toList())
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

  private int heads(int channels, boolean projected) {
    int parts = projected ? HEAD_WIDTH : HEADS;
    if (channels % parts != 0 || channels % GROUPS != 0) {
      throw keys.refused(
          "its denoiser has "
              + channels
              + " channels, from which the heads of its attention and the groups of its norms"
              + " cannot be told. Give the folder with its configuration (--base-config).");
    }
    return projected ? channels / HEAD_WIDTH : HEADS;
  }

  private int same(String what, List<Integer> numbers) {
    if (numbers.stream().distinct().count() > 1) {
      throw irregular("one resolution has different numbers of " + what);
    }
    return numbers.get(0);
  }

  private RuntimeException irregular(String how) {
    return keys.refused("its denoiser is built as none that can be computed here: " + how + ".");
  }
}

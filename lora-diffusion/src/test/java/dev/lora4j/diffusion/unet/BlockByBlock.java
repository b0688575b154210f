package dev.lora4j.diffusion.unet;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.core.tensor.Graph;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.FormulaNetwork;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.TextConditioning;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * Stable Diffusion XL's denoiser with the weights of a formula, one block after the other, so that
 * there is never more in memory than the weights of one.
 */
final class BlockByBlock {
  private static final long ANY = Shape.UNKNOWN;

  private final Scope scope;
  private final UNet unet;
  private final Map<String, Tensor> given;
  private final Deque<Tensor> skips = new ArrayDeque<>();

  /**
   * For one run.
   *
   * @param scope owner of what lies between the blocks
   * @param given the inputs of {@code Networks.unet}
   */
  BlockByBlock(Scope scope, UNetConfig config, Map<String, Tensor> given) {
    this.scope = scope;
    this.unet = new UNet(config);
    this.given = given;
  }

  /** How a block is staged on what those before it made. */
  private interface Staged {
    Expr stage(Weights at, Expr h, Expr time, TextConditioning words, Deque<Expr> skips);
  }

  /**
   * A block.
   *
   * @param takes how many of the features it takes that wait for the way up
   */
  private record Block(int takes, Staged staged) {}

  /**
   * What each block gives the next, in order and as diffusers names the blocks; {@code time} is for
   * all of them, {@code conv_out} the prediction.
   */
  Map<String, Tensor> run() {
    Map<String, Tensor> seen = new LinkedHashMap<>();
    Network.Staging telling =
        (graph, weights) -> {
          Expr timesteps = graph.input("timesteps", DType.F32, Shape.of(ANY));
          AddedConditioning told =
              new AddedConditioning(
                  input(graph, given, "pooled"), Optional.of(input(graph, given, "sizes")));
          Weights at = weights.apply(SiteAdapters.NONE);
          return List.of(unet.time(at, timesteps, Optional.empty(), Optional.of(told), DType.F32));
        };
    Tensor time = FormulaNetwork.run(scope, telling, given).get(0);
    seen.put("time", time);
    Tensor h = given.get("x");
    for (Map.Entry<String, Block> block : blocks().entrySet()) {
      h = run(block.getValue(), h, time);
      seen.put(block.getKey(), h);
    }
    return seen;
  }

  private Map<String, Block> blocks() {
    Map<String, Block> blocks = new LinkedHashMap<>();
    blocks.put("conv_in", new Block(0, (at, h, time, words, left) -> unet.enter(at, h, left)));
    int levels = unet.config().levels();
    for (int i = 0; i < levels; i++) {
      int level = i;
      Staged down = (at, h, time, words, left) -> unet.down(at, level, h, time, words, left);
      blocks.put("down_blocks." + level, new Block(0, below("down_blocks." + level, down)));
    }
    Staged middle = (at, h, time, words, left) -> unet.middle(at, h, time, words);
    blocks.put("mid_block", new Block(0, below("mid_block", middle)));
    int taken = unet.config().layersPerBlock() + 1;
    for (int i = 0; i < levels; i++) {
      int step = i;
      Staged up = (at, h, time, words, left) -> unet.up(at, step, h, time, words, left);
      blocks.put("up_blocks." + step, new Block(taken, below("up_blocks." + step, up)));
    }
    blocks.put("conv_out", new Block(0, (at, h, time, words, left) -> unet.leave(at, h)));
    return blocks;
  }

  private static Staged below(String name, Staged block) {
    return (at, h, time, words, left) -> block.stage(at.at(name), h, time, words, left);
  }

  private Tensor run(Block block, Tensor h, Tensor time) {
    Map<String, Tensor> data = new HashMap<>(given);
    data.put("h", h);
    data.put("time", time);
    List<String> taken = IntStream.range(0, block.takes()).mapToObj(i -> "skip" + i).toList();
    taken.forEach(name -> data.put(name, skips.pop()));
    Network.Staging staging =
        (graph, weights) -> {
          Deque<Expr> left = new ArrayDeque<>();
          taken.forEach(name -> left.addLast(input(graph, data, name)));
          TextConditioning words = TextConditioning.of(input(graph, data, "context"));
          Expr x = input(graph, data, "h");
          Expr told = input(graph, data, "time");
          Expr y = block.staged().stage(weights.apply(SiteAdapters.NONE), x, told, words, left);
          List<Expr> outputs = new ArrayList<>(List.of(y));
          outputs.addAll(left);
          return outputs;
        };
    List<Tensor> outputs = FormulaNetwork.run(scope, staging, data);
    for (int i = outputs.size() - 1; i > 0; i--) {
      skips.push(outputs.get(i));
    }
    return outputs.get(0);
  }

  /** An input of any batch size and extent. */
  private static Expr input(Graph graph, Map<String, Tensor> data, String name) {
    Shape shape = data.get(name).shape();
    long[] sizes = new long[shape.rank()];
    for (int i = 0; i < sizes.length; i++) {
      boolean width = sizes.length < 4 ? i == sizes.length - 1 : i == 1;
      sizes[i] = width ? shape.size(i) : ANY;
    }
    return graph.input(name, DType.F32, Shape.of(sizes));
  }
}

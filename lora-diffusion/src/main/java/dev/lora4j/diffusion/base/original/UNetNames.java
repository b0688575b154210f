package dev.lora4j.diffusion.base.original;

import dev.lora4j.diffusion.unet.UNetConfig;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the original code calls the weights of a denoiser: it numbers all blocks of a direction in
 * one row, the samplers between resolutions among them.
 */
final class UNetNames {
  private static final Pattern BLOCK =
      Pattern.compile("(down|up)_blocks\\.(\\d+)\\.(\\w+)\\.(\\d+)\\.(.*)");
  private static final Pattern MIDDLE =
      Pattern.compile("mid_block\\.(resnets|attentions)\\.(\\d+)\\.(.*)");

  private static final Map<String, String> ENDS =
      Map.of(
          "conv_in", "input_blocks.0.0",
          "time_embedding.linear_1", "time_embed.0",
          "time_embedding.linear_2", "time_embed.2",
          "add_embedding.linear_1", "label_emb.0.0",
          "add_embedding.linear_2", "label_emb.0.2",
          "conv_norm_out", "out.0",
          "conv_out", "out.2");

  private static final Map<String, String> RESNET =
      Map.of(
          "norm1", "in_layers.0",
          "conv1", "in_layers.2",
          "time_emb_proj", "emb_layers.1",
          "norm2", "out_layers.0",
          "conv2", "out_layers.3",
          "conv_shortcut", "skip_connection");

  private final UNetConfig config;

  UNetNames(UNetConfig config) {
    this.config = config;
  }

  /** The original name of the weight that diffusers calls {@code name}, without a prefix. */
  String of(String name) {
    int dot = name.lastIndexOf('.');
    String end = ENDS.get(name.substring(0, dot));
    if (end != null) {
      return end + name.substring(dot);
    }
    Matcher middle = MIDDLE.matcher(name);
    if (middle.matches()) {
      int number = Integer.parseInt(middle.group(2));
      return middle.group(1).equals("resnets")
          ? "middle_block." + 2 * number + "." + resnet(middle.group(3))
          : "middle_block.1." + middle.group(3);
    }
    Matcher block = BLOCK.matcher(name);
    if (!block.matches()) {
      throw new IllegalArgumentException(name + " is no weight of a denoiser.");
    }
    boolean down = block.group(1).equals("down");
    int level = Integer.parseInt(block.group(2));
    int layer = Integer.parseInt(block.group(4));
    String rest = block.group(5);
    int first = level * (config.layersPerBlock() + 1) + (down ? 1 : 0);
    String blocks = down ? "input_blocks." : "output_blocks.";
    return switch (block.group(3)) {
      case "resnets" -> blocks + (first + layer) + ".0." + resnet(rest);
      case "attentions" -> blocks + (first + layer) + ".1." + rest;
      case "downsamplers" ->
          blocks + (first + config.layersPerBlock()) + ".0.op" + rest.substring("conv".length());
      // The last block of a resolution has the upsampler too, after what else is there.
      case "upsamplers" ->
          blocks
              + (first + config.layersPerBlock())
              + (config.upCrossAttention().get(level) ? ".2." : ".1.")
              + rest;
      default -> throw new IllegalArgumentException(name + " is no weight of a denoiser.");
    };
  }

  private static String resnet(String rest) {
    int dot = rest.lastIndexOf('.');
    return RESNET.getOrDefault(rest.substring(0, dot), rest.substring(0, dot))
        + rest.substring(dot);
  }
}

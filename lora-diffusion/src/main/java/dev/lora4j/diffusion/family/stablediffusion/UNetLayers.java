package dev.lora4j.diffusion.family.stablediffusion;

import dev.lora4j.core.format.LayerList;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The layers of the denoiser of Stable Diffusion (Rombach et al. 2022; Podell et al. 2023) under
 * their names in diffusers and in the original code. Both walk down the resolutions, through the
 * middle and up again; the original numbers all blocks of a direction in one row.
 */
final class UNetLayers {
  private final UNetSizes sizes;
  private final LayerList unet;

  private UNetLayers(UNetSizes sizes, LayerList unet) {
    this.sizes = sizes;
    this.unet = unet;
  }

  static void list(UNetSizes sizes, LayerList unet) {
    new UNetLayers(sizes, unet).all();
  }

  private void all() {
    int first = sizes.channels().get(0);
    unet.convolution("conv_in", "input_blocks.0.0", first, UNetSizes.LATENTS, 3, 1, 1);
    unet.linear("time_embedding.linear_1", "time_embed.0", sizes.time(), first);
    unet.linear("time_embedding.linear_2", "time_embed.2", sizes.time(), sizes.time());
    if (sizes.conditions() > 0) {
      int conditions = sizes.conditions();
      unet.linear("add_embedding.linear_1", "label_emb.0.0", sizes.time(), conditions);
      unet.linear("add_embedding.linear_2", "label_emb.0.2", sizes.time(), sizes.time());
    }
    Deque<Integer> skips = new ArrayDeque<>();
    skips.push(first);
    down(skips);
    middle();
    up(skips);
    unet.norm("conv_norm_out", "out.0", first);
    unet.convolution("conv_out", "out.2", UNetSizes.LATENTS, first, 3, 1, 1);
  }

  private void down(Deque<Integer> skips) {
    int in = skips.getFirst();
    int number = 1;
    for (int level = 0; level < sizes.levels(); level++) {
      LayerList block = unet.at("down_blocks." + level, "input_blocks");
      int out = sizes.channels().get(level);
      int depth = sizes.depths().get(level);
      for (int i = 0; i < UNetSizes.RESNETS; i++) {
        resnet(block.at("resnets." + i, number + ".0"), in, out);
        if (depth > 0) {
          transformer(block.at("attentions." + i, number + ".1"), out, depth);
        }
        in = out;
        skips.push(out);
        number++;
      }
      if (level < sizes.levels() - 1) {
        block.convolution("downsamplers.0.conv", number + ".0.op", out, out, 3, 2, 1);
        skips.push(out);
        number++;
      }
    }
  }

  private void middle() {
    LayerList block = unet.at("mid_block", "middle_block");
    int width = sizes.channels().get(sizes.levels() - 1);
    resnet(block.at("resnets.0", "0"), width, width);
    transformer(block.at("attentions.0", "1"), width, sizes.middle());
    resnet(block.at("resnets.1", "2"), width, width);
  }

  private void up(Deque<Integer> skips) {
    int in = sizes.channels().get(sizes.levels() - 1);
    int number = 0;
    for (int b = 0; b < sizes.levels(); b++) {
      LayerList block = unet.at("up_blocks." + b, "output_blocks");
      int level = sizes.levels() - 1 - b;
      int out = sizes.channels().get(level);
      int depth = sizes.depths().get(level);
      for (int i = 0; i <= UNetSizes.RESNETS; i++) {
        resnet(block.at("resnets." + i, number + ".0"), in + skips.pop(), out);
        if (depth > 0) {
          transformer(block.at("attentions." + i, number + ".1"), out, depth);
        }
        in = out;
        number++;
      }
      if (level > 0) {
        // The original has the upsampler in its last numbered block, after what else is there.
        String last = (number - 1) + (depth > 0 ? ".2" : ".1");
        block.convolution("upsamplers.0.conv", last + ".conv", out, out, 3, 1, 1);
      }
    }
  }

  private void resnet(LayerList at, int in, int out) {
    at.norm("norm1", "in_layers.0", in);
    at.convolution("conv1", "in_layers.2", out, in, 3, 1, 1);
    at.linear("time_emb_proj", "emb_layers.1", out, sizes.time());
    at.norm("norm2", "out_layers.0", out);
    at.convolution("conv2", "out_layers.3", out, out, 3, 1, 1);
    if (in != out) {
      at.convolution("conv_shortcut", "skip_connection", out, in, 1, 1, 0);
    }
  }

  private void transformer(LayerList at, int width, int depth) {
    at.norm("norm", width);
    projection(at, "proj_in", width);
    for (int i = 0; i < depth; i++) {
      LayerList block = at.at("transformer_blocks." + i);
      block.norm("norm1", width);
      attention(block.at("attn1"), width, width);
      block.norm("norm2", width);
      attention(block.at("attn2"), width, sizes.context());
      block.norm("norm3", width);
      // Twice the inner width: values, then their gates (GEGLU, Shazeer 2020).
      block.linear("ff.net.0.proj", 8L * width, width);
      block.linear("ff.net.2", width, 4L * width);
    }
    projection(at, "proj_out", width);
  }

  private void projection(LayerList at, String name, int width) {
    if (sizes.linear()) {
      at.linear(name, width, width);
    } else {
      at.convolution(name, name, width, width, 1, 1, 0);
    }
  }

  private static void attention(LayerList at, int width, int context) {
    at.unbiased("to_q", width, width);
    at.unbiased("to_k", width, context);
    at.unbiased("to_v", width, context);
    at.linear("to_out.0", width, width);
  }
}

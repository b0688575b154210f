package dev.lora4j.diffusion.vae;

import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import dev.lora4j.diffusion.unet.ResnetBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Pictures to latents and back. */
public record Vae(VaeConfig config) implements AutoencoderNetwork {
  private static final double EPSILON = 1e-6;

  /** Names of the attention layers in diffusers before version 0.15. */
  private static final Map<String, String> OLD_ATTENTION =
      Map.of("to_q", "query", "to_k", "key", "to_v", "value", "to_out.0", "proj_attn");

  @Override
  public int inChannels() {
    return config.inChannels();
  }

  @Override
  public int latentChannels() {
    return config.latentChannels();
  }

  @Override
  public int scale() {
    return config.scale();
  }

  @Override
  public double scalingFactor() {
    return config.scalingFactor();
  }

  @Override
  public double shiftFactor() {
    return config.shiftFactor();
  }

  @Override
  public Vae unshifted() {
    return new Vae(config.unshifted());
  }

  @Override
  public String canonical() {
    return config.canonical();
  }

  @Override
  public List<String> names(String weight) {
    List<String> names = new ArrayList<>(List.of(weight));
    if (weight.contains(".attentions.")) {
      OLD_ATTENTION.forEach(
          (now, before) -> {
            if (weight.contains("." + now + ".")) {
              names.add(weight.replace("." + now + ".", "." + before + "."));
            }
          });
    }
    return names;
  }

  @Override
  public List<String> originals(String weight) {
    return List.of(new VaeNames(config.blockOutChannels().size()).of(weight));
  }

  @Override
  public LatentMoments encode(Weights at, Expr x) {
    Weights encoder = at.at("encoder");
    List<Integer> channels = config.blockOutChannels();
    Expr h = encoder.conv2d("conv_in", x, channels.get(0), 3, 1, 1);
    for (int level = 0; level < channels.size(); level++) {
      Weights block = encoder.at("down_blocks", level);
      for (int layer = 0; layer < config.layersPerBlock(); layer++) {
        h = resnet(block.at("resnets", layer), h, channels.get(level));
      }
      if (level + 1 < channels.size()) {
        h =
            block.conv2d(
                "downsamplers.0.conv", h.padRightBottom(1, 1), channels.get(level), 3, 2, 0);
      }
    }
    h = middle(encoder.at("mid_block"), h);
    h = norm(encoder, "conv_norm_out", h).silu();
    long moments = 2L * config.latentChannels();
    h = encoder.conv2d("conv_out", h, moments, 3, 1, 1);
    Expr quantised = config.parts().quantConv() ? at.conv2d("quant_conv", h, moments, 1, 1, 0) : h;
    List<Expr> halves = quantised.chunk(2, 1);
    return new LatentMoments(halves.get(0), halves.get(1).clamp(-30, 20));
  }

  @Override
  public Expr decode(Weights at, Expr z) {
    Weights decoder = at.at("decoder");
    List<Integer> channels = config.blockOutChannels();
    int levels = channels.size();
    boolean converts = config.parts().postQuantConv();
    Expr h = converts ? at.conv2d("post_quant_conv", z, config.latentChannels(), 1, 1, 0) : z;
    h = decoder.conv2d("conv_in", h, channels.get(levels - 1), 3, 1, 1);
    h = middle(decoder.at("mid_block"), h);
    for (int step = 0; step < levels; step++) {
      Weights block = decoder.at("up_blocks", step);
      int width = channels.get(levels - 1 - step);
      for (int layer = 0; layer <= config.layersPerBlock(); layer++) {
        h = resnet(block.at("resnets", layer), h, width);
      }
      if (step + 1 < levels) {
        h = block.conv2d("upsamplers.0.conv", h.upsampleNearest(2), width, 3, 1, 1);
      }
    }
    h = norm(decoder, "conv_norm_out", h).silu();
    return decoder.conv2d("conv_out", h, config.outChannels(), 3, 1, 1);
  }

  private Expr middle(Weights at, Expr x) {
    int channels = (int) x.shape().size(1);
    Expr h = resnet(at.at("resnets.0"), x, channels);
    if (config.parts().middleAttention()) {
      h = h.add(attention(at.at("attentions.0"), h));
    }
    return resnet(at.at("resnets.1"), h, channels);
  }

  /** One head over all places. */
  private Expr attention(Weights at, Expr x) {
    long channels = x.shape().size(1);
    Expr tokens =
        norm(at, "group_norm", x).permute(0, 2, 3, 1).reshape(x.dim(0), Dim.of(-1), x.dim(1));
    Expr q = at.linear("to_q", tokens, channels);
    Expr k = at.linear("to_k", tokens, channels);
    Expr v = at.linear("to_v", tokens, channels);
    Expr mixed = q.splitHeads(1).attend(k.splitHeads(1), v.splitHeads(1)).joinHeads();
    return at.linear("to_out.0", mixed, channels)
        .reshape(x.dim(0), x.dim(2), x.dim(3), Dim.of(channels))
        .permute(0, 3, 1, 2);
  }

  private Expr resnet(Weights at, Expr x, int channels) {
    return new ResnetBlock(channels, config.normNumGroups(), EPSILON).apply(at, x);
  }

  private Expr norm(Weights at, String name, Expr x) {
    return at.groupNorm(name, x, config.normNumGroups(), EPSILON);
  }
}

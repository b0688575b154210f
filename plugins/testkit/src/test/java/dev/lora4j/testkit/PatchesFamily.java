package dev.lora4j.testkit;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.mix.SitePlacement;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Dim;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.denoiser.AddedConditioning;
import dev.lora4j.diffusion.denoiser.DenoiserFamily;
import dev.lora4j.diffusion.denoiser.DenoiserInputs;
import dev.lora4j.diffusion.denoiser.DenoiserNetwork;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/**
 * A denoiser that is no UNet: patches of two by two latents, which attend to the text, and one
 * layer after that.
 */
@Extension(point = DenoiserFamily.class, name = "patches", help = "patches that attend to a text")
public class PatchesFamily implements DenoiserFamily {
  private final String className;

  /** For the host. */
  public PatchesFamily() {
    this("PatchesModel");
  }

  /** Of another name. */
  PatchesFamily(String className) {
    this.className = className;
  }

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(className);
  }

  @Override
  public DenoiserNetwork network(ConfigFile config) {
    return new Network(
        config.integer("channels"),
        config.integer("width"),
        config.integer("text_width"),
        config.integer("pooled_width", 0));
  }

  /** The network. */
  public record Network(int channels, int width, int crossAttentionDim, int pooledWidth)
      implements DenoiserNetwork {
    private static final int SIDE = 2;

    @Override
    public String canonical() {
      return CanonicalForm.of("Patches")
          .with("channels", channels)
          .with("width", width)
          .with("textWidth", crossAttentionDim)
          .with("pooledWidth", pooledWidth)
          .text();
    }

    @Override
    public String component() {
      return "prior";
    }

    @Override
    public int inChannels() {
      return channels;
    }

    @Override
    public int outChannels() {
      return channels;
    }

    @Override
    public int levels() {
      return 2;
    }

    @Override
    public SitePlacement.Of places() {
      return site ->
          switch (site) {
            case "prior.time", "prior.told" -> new SitePlacement.Nowhere();
            case "prior.attend.to_k", "prior.attend.to_v" -> new SitePlacement.OfTokens();
            default -> new SitePlacement.OnGrid(1);
          };
    }

    @Override
    public Expr stage(Weights weights, DenoiserInputs inputs, boolean checkpointing) {
      if (inputs.added().isPresent() != pooledWidth > 0) {
        throw new IllegalArgumentException("What it is told is not what it is to be told.");
      }
      Expr x = inputs.x();
      Expr patches = weights.conv2d("enter", x, width, SIDE, SIDE, 0);
      Expr h = patches.permute(0, 2, 3, 1).reshape(x.dim(0), Dim.of(-1), Dim.of(width));
      h = h.add(global(weights, inputs).unsqueeze(1));
      if (checkpointing) {
        Expr before = h;
        h = weights.graph().checkpoint(() -> List.of(blocks(weights, before, inputs))).get(0);
      } else {
        h = blocks(weights, h, inputs);
      }
      Expr out = weights.linear("leave", h, (long) SIDE * SIDE * channels);
      return out.reshape(
              x.dim(0), patches.dim(2), patches.dim(3), Dim.of(channels), Dim.of(2), Dim.of(2))
          .permute(0, 3, 1, 4, 2, 5)
          .reshape(x.dim(0), Dim.of(channels), x.dim(2), x.dim(3));
    }

    /** What counts for the whole picture, [batch, width]. */
    private Expr global(Weights weights, DenoiserInputs inputs) {
      Expr time = inputs.timesteps().unsqueeze(-1).mul(1e-3).to(inputs.x().dtype());
      Expr all = weights.linear("time", time, width);
      Optional<AddedConditioning> told = inputs.added();
      if (told.isEmpty()) {
        return all;
      }
      Expr said =
          told.get().pooled().cat(1, told.get().sizes().orElseThrow()).to(inputs.x().dtype());
      return all.add(weights.linear("told", said, width));
    }

    private Expr blocks(Weights weights, Expr x, DenoiserInputs inputs) {
      Expr h = x.add(attention(weights.at("attend"), x, inputs));
      return h.add(weights.linear("feed", h.silu(), width));
    }

    /** Each text by itself, and what they give by their shares of a place. */
    private Expr attention(Weights at, Expr x, DenoiserInputs inputs) {
      Expr context = inputs.text().context();
      Expr k = at.linear("to_k", context, width, false);
      Expr v = at.linear("to_v", context, width, false);
      Expr q = at.linear("to_q", x, width, false);
      Optional<Expr> shares = inputs.text().shares(1);
      if (shares.isEmpty()) {
        return q.splitHeads(1).attend(k.splitHeads(1), v.splitHeads(1)).joinHeads();
      }
      Expr share = shares.get();
      Expr each =
          q.unsqueeze(1)
              .expand(q.dim(0), share.dim(1), q.dim(1), q.dim(2))
              .reshape(Dim.of(-1), q.dim(1), q.dim(2));
      Expr all = each.splitHeads(1).attend(k.splitHeads(1), v.splitHeads(1)).joinHeads();
      return all.reshape(share.dim(0), share.dim(1), all.dim(1), all.dim(2))
          .mul(share.to(all.dtype()).unsqueeze(-1))
          .over(1)
          .sum();
    }
  }
}

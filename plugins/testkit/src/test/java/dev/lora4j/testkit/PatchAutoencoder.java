package dev.lora4j.testkit;

import dev.lora4j.core.identity.CanonicalForm;
import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.nn.Weights;
import dev.lora4j.core.tensor.Expr;
import dev.lora4j.diffusion.autoencoder.AutoencoderFamily;
import dev.lora4j.diffusion.autoencoder.AutoencoderNetwork;
import dev.lora4j.diffusion.autoencoder.LatentMoments;
import dev.lora4j.spi.Extension;
import java.util.List;

/** An autoencoder that is no AutoencoderKL: patches of two by two pixels. */
@Extension(point = AutoencoderFamily.class, name = "patches", help = "patches of pixels")
public class PatchAutoencoder implements AutoencoderFamily {
  private static final int SIDE = 2;
  private static final int COLOURS = 3;

  private final String className;

  /** For the host. */
  public PatchAutoencoder() {
    this("PatchAutoencoder");
  }

  /** Of another name. */
  PatchAutoencoder(String className) {
    this.className = className;
  }

  @Override
  public boolean recognises(ConfigFile config) {
    return config.text("_class_name", "").equals(className);
  }

  @Override
  public ConfigFields fields() {
    return ConfigFields.none().used("_class_name", "latent_channels", "shift_factor");
  }

  @Override
  public AutoencoderNetwork network(ConfigFile config) {
    return new Network(config.integer("latent_channels"), config.real("shift_factor", 0));
  }

  /** The network. */
  public record Network(int latentChannels, double shiftFactor) implements AutoencoderNetwork {
    @Override
    public int inChannels() {
      return COLOURS;
    }

    @Override
    public int scale() {
      return SIDE;
    }

    @Override
    public double scalingFactor() {
      return 1;
    }

    @Override
    public AutoencoderNetwork unshifted() {
      return new Network(latentChannels, 0);
    }

    @Override
    public LatentMoments encode(Weights weights, Expr x) {
      List<Expr> halves =
          weights.conv2d("encoder", x, 2L * latentChannels, SIDE, SIDE, 0).chunk(2, 1);
      return new LatentMoments(halves.get(0), halves.get(1));
    }

    @Override
    public Expr decode(Weights weights, Expr z) {
      return weights.conv2d("decoder", z.upsampleNearest(SIDE), COLOURS, 1, 1, 0);
    }

    @Override
    public String canonical() {
      return CanonicalForm.of("PatchAutoencoder")
          .with("latentChannels", latentChannels)
          .with("shiftFactor", shiftFactor)
          .text();
    }
  }
}

package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ConfigFields;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.vae.Vae;
import dev.lora4j.diffusion.vae.VaeConfig;
import dev.lora4j.diffusion.vae.VaeConfigFile;
import java.util.List;

/** The {@code config.json} of an {@code AutoencoderKLFlux2}. */
record Flux2AutoencoderFile(ConfigFile json) {
  static final String CLASS = "AutoencoderKLFlux2";

  private static final String DECODER = "decoder_block_out_channels";
  private static final String EPSILON = "batch_norm_eps";
  private static final String PATCH = "patch_size";
  private static final int MOST_CHANNELS = 1 << 16;
  private static final double USUAL_EPSILON = 1e-4;

  /** Treatment of each field. */
  static final ConfigFields FIELDS =
      VaeConfigFile.sizes()
          .only("_class_name", CLASS)
          .used(DECODER, EPSILON)
          .only(PATCH, "[2,2]")
          .idle("it is for training the autoencoder itself", "batch_norm_momentum");

  /**
   * The autoencoder.
   *
   * @throws ModelException naming the field that is missing, out of range, or cannot be computed
   */
  Flux2Autoencoder network() {
    FIELDS.require(json);
    VaeConfig encoder = VaeConfigFile.sizes(json).unscaled();
    return new Flux2Autoencoder(
        new Vae(encoder),
        new Vae(encoder.with(decoder(encoder))),
        json.between(EPSILON, 0, 1, USUAL_EPSILON));
  }

  private List<Integer> decoder(VaeConfig encoder) {
    if (!json.has(DECODER)) {
      return encoder.blockOutChannels();
    }
    List<Integer> channels = json.listWithin(DECODER, 1, MOST_CHANNELS);
    json.requireCount(DECODER, channels.size(), encoder.blockOutChannels().size());
    for (int width : channels) {
      if (width % encoder.normNumGroups() != 0) {
        throw new ModelException(
            json.file()
                + ": 'norm_num_groups' is "
                + encoder.normNumGroups()
                + ", which does not divide "
                + width
                + " of '"
                + DECODER
                + "'.");
      }
    }
    return channels;
  }
}

package dev.lora4j.flow.flux2;

import dev.lora4j.testkit.AutoencoderFamilyContract;

/** The autoencoder, whose decoder has widths of its own. */
class Flux2AutoencoderContractTest extends AutoencoderFamilyContract {
  Flux2AutoencoderContractTest() {
    super("flux2");
  }

  @Override
  protected String config() {
    return """
        {"_class_name": "AutoencoderKLFlux2", "in_channels": 3, "out_channels": 3,
         "act_fn": "silu", "latent_channels": 4, "layers_per_block": 1,
         "block_out_channels": [4, 8], "decoder_block_out_channels": [8, 4],
         "down_block_types": ["DownEncoderBlock2D", "DownEncoderBlock2D"],
         "up_block_types": ["UpDecoderBlock2D", "UpDecoderBlock2D"], "norm_num_groups": 4,
         "mid_block_add_attention": true, "use_quant_conv": true, "use_post_quant_conv": true,
         "sample_size": 16, "force_upcast": true, "batch_norm_eps": 0.0001, "batch_norm_momentum": 0.1,
         "patch_size": [2, 2]}
        """;
  }
}

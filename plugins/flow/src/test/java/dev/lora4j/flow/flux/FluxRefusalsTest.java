package dev.lora4j.flow.flux;

import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.RefusalContract;
import dev.lora4j.flow.TinyPipeline;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit a FLUX.1 is refused by name. */
class FluxRefusalsTest extends RefusalContract {
  FluxRefusalsTest() {
    super(TinyPipeline.FLUX, false);
  }

  /** FLUX.1 [dev] is told one. */
  @Override
  protected Path untold() {
    return FluxGoldens.schnell(folder().resolve("base"));
  }

  @ParameterizedTest
  @CsvSource({
    "joint_attention_dim, 16, 40, texts of width 40, text_encoder_2 gives 16",
    "pooled_projection_dim, 12, 30, pooled texts of width 30, text_encoder gives 12",
    "in_channels, 64, 128, predicts 32 channels, latents have 16",
    "in_channels, 64, 66, 'in_channels' is 66, multiple of 4",
    "out_channels, null, 32, predicts 8 channels, latents have 16",
    "patch_size, 1, 2, 'patch_size' is 2, only 1",
    "attention_head_dim, 8, 10, 'axes_dims_rope' is [2; 2; 4], 'attention_head_dim'; 10",
    "num_layers, 2, -1, 'num_layers', from 0",
  })
  void sizesThatDoNotFit(String field, String was, String is, String one, String other) {
    String name = "\"" + field + "\": ";
    assertMismatch(name + was, name + is, one, other);
  }

  @Test
  void transformersThatFillMasks() {
    assertNames(
        refusal(
            DENOISER,
            json ->
                json.replace("\"in_channels\": 64", "\"in_channels\": 384")
                    .replace("\"out_channels\": null", "\"out_channels\": 64")),
        "takes 96 channels",
        "16 (latents)");
  }

  @ParameterizedTest
  @CsvSource({"text_encoder, it lacks text_encoder.", "text_encoder_2, it lacks text_encoder_2."})
  void missingEncoder(String part, String reason) {
    TinyPipeline.FLUX.without(folder(), part);
    assertNames(
        refusal(folder()), reason, "the CLIP encoder text_encoder and the T5 text_encoder_2");
  }

  @ParameterizedTest
  @CsvSource({
    "\"time_shift_type\": \"exponential\", \"time_shift_type\": \"cubic\", 'time_shift_type' is cubic",
    "\"max_image_seq_len\": 4096, \"max_image_seq_len\": 256, are both 256",
    "\"shift_terminal\": null, \"shift_terminal\": 0.02, shift_terminal",
  })
  void shiftsThatCannotBeComputed(String was, String is, String reason) {
    assertNames(refusal(SCHEDULER, json -> json.replace(was, is)), reason);
  }

  @Test
  void negativeTextsWithoutTheirScale() {
    Prompt fox = Prompt.of("a fox").size(24, 16).negative("blurry");
    assertUnfit(fox, "only with a true CFG scale above 1");
    assertUnfit(fox.trueCfg(1), "only with a true CFG scale above 1");
  }

  @Test
  void scalesThatAreNone() {
    for (double scale : new double[] {0.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertNames(
          refusal(IllegalArgumentException.class, () -> Prompt.of("a fox").trueCfg(scale)),
          "the true CFG scale must be 1 or more",
          "found " + scale);
    }
  }
}

package dev.lora4j.flow.sd3;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.tensor.DType;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.diffusion.sampling.SchedulerConfig.Prediction;
import dev.lora4j.flow.RefusalContract;
import dev.lora4j.flow.TinyPipeline;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals of folders that are no Stable Diffusion 3, before any weight is read. */
class Sd3RefusalsTest extends RefusalContract {
  Sd3RefusalsTest() {
    super(TinyPipeline.SD3, true);
  }

  @Test
  void missingClip() {
    TinyPipeline.SD3.without(folder(), "text_encoder_2");
    assertNames(refusal(folder()), "it lacks text_encoder_2", "only the T5 text_encoder_3");
  }

  @ParameterizedTest
  @CsvSource({"text_encoder_2", "text_encoder_3"})
  void encoderThatTheIndexNames(String part) {
    TinyPipeline.remove(TinyPipeline.SD3.copy(folder()), part);
    assertNames(refusal(folder()), "no folder " + part, "model_index.json", "[null, null]");
  }

  @Test
  void clipWithoutPooledText() {
    assertNames(
        refusal(
            "text_encoder/config.json",
            json -> json.replace("CLIPTextModelWithProjection", "CLIPTextModel")),
        "text_encoder gives no pooled text");
  }

  @ParameterizedTest
  @CsvSource({
    "joint_attention_dim, 32, 40, texts of width 40, text_encoder_3 gives 32",
    "joint_attention_dim, 32, 20, texts of width 20, together give 28",
    "pooled_projection_dim, 24, 30, pooled texts of width 30, together give 24",
    "in_channels, 16, 8, takes 8 channels, 16 (latents)",
    "out_channels, 16, 4, predicts 4 channels, latents have 16",
    "patch_size, 2, 4, 'patch_size' is 4, only 2",
    "caption_projection_dim, 16, 32, 'caption_projection_dim' is 32, which is 16",
    "num_layers, 3, 1, 'dual_attention_layers' is [0; 1], from 0 to 0",
    "num_layers, 3, 0, 'num_layers', from 1",
    "attention_head_dim, 8, 7, 'num_attention_heads' times 'attention_head_dim' is 14, 4",
  })
  void sizesThatDoNotFit(String field, String was, String is, String one, String other) {
    String name = "\"" + field + "\": ";
    assertMismatch(name + was, name + is, one, other);
  }

  @Test
  void normOfQueriesThatIsNotBuilt() {
    assertMismatch("rms_norm", "layer_norm", "'qk_norm' is layer_norm", "only rms_norm");
  }

  @Test
  void schedulerOfAnotherKind() {
    assertNames(
        refusal(
            SCHEDULER,
            json -> "{\"_class_name\": \"DDIMScheduler\", \"beta_schedule\": \"scaled_linear\"}"),
        "predicts a flow",
        "DDIMScheduler is for one that predicts noise");
  }

  @Test
  void anotherPredictionType() {
    TinyPipeline.SD3.copy(folder());
    LoadOptions options = LoadOptions.in(DType.F32).predicting(Prediction.EPSILON);
    assertNames(refusal(folder(), options), "predicts a flow", "predicts noise");
  }

  @Test
  void unknownFieldsAreNoted() {
    TinyPipeline.SD3.copy(folder());
    TinyPipeline.edit(
        folder().resolve(DENOISER), json -> json.replaceFirst("\\{", "{\"extra_layers\": 2,"));
    try (StableDiffusion sd = open(folder())) {
      List<String> notes = sd.base().notes();
      assertTrue(notes.stream().anyMatch(n -> n.contains("extra_layers")), notes.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"44, 16, up to 40 pixels", "24, 18, multiples of 4 pixels"})
  void sizesOfPicturesThatItCannotMake(int width, int height, String reason) {
    assertUnfit(Prompt.of("a fox").size(width, height).steps(1), reason);
  }
}

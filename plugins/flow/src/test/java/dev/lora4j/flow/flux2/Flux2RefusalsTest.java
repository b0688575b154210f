package dev.lora4j.flow.flux2;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.flow.RefusalContract;
import dev.lora4j.flow.TinyPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Refusals of what does not fit a FLUX.2 [klein], by name. */
class Flux2RefusalsTest extends RefusalContract {
  Flux2RefusalsTest() {
    super(TinyPipeline.KLEIN, false);
  }

  @ParameterizedTest
  @CsvSource({
    "joint_attention_dim, 24, 40, texts of width 40, 3 layers of text_encoder side by side give 24",
    "in_channels, 16, 8, 8 channels, 16",
    "out_channels, null, 32, 'out_channels' is 32, as many as 'in_channels'; 16",
    "patch_size, 1, 2, 'patch_size' is 2, only 1",
    "attention_head_dim, 8, 10, 'axes_dims_rope' is [2; 2; 2; 2], 'attention_head_dim'; 10",
    "guidance_embeds, false, true, 'guidance_embeds' is true, FLUX.2 [dev]",
    "eps, 1e-06, 0.001, 'eps' is 0.001, 1.0E-6",
    "timestep_guidance_channels, 32, 33, 'timestep_guidance_channels' is 33, even",
    "mlp_ratio, 3.0, 0.0, 'mlp_ratio' is 0.0, more",
    "num_layers, 2, -1, 'num_layers', from 0",
    "num_single_layers, 2, -1, 'num_single_layers', from 0",
  })
  void sizesThatDoNotFit(String field, String was, String is, String one, String other) {
    String name = "\"" + field + "\": ";
    assertMismatch(name + was, name + is, one, other);
  }

  /** Leaves layers from the 21st on out. */
  private static void withoutLayers(Path file) {
    SafetensorsWriter writer = new SafetensorsWriter();
    try (TensorStore store = TensorStore.open(file)) {
      store
          .tensors()
          .forEach(
              (name, info) -> {
                if (!name.matches("model\\.layers\\.2.\\..*")) {
                  HostTensor kept = HostTensor.of(info.dtype(), info.shape(), store.read(name));
                  writer.add(name, kept.dtype(), kept.shape(), kept.bytes());
                }
              });
    }
    writer.write(file);
  }

  @Test
  void languageModelsOfFewLayers() {
    TinyPipeline.KLEIN.copy(folder());
    TinyPipeline.edit(
        folder().resolve("text_encoder/config.json"),
        json ->
            json.replace("\"num_hidden_layers\": 29", "\"num_hidden_layers\": 20")
                .replaceAll("(?s)\"layer_types\": \\[[^\\]]*\\],", ""));
    withoutLayers(folder().resolve("text_encoder/model.safetensors"));
    assertNames(
        refusal(
            RuntimeException.class,
            () -> {
              try (StableDiffusion sd = open(folder())) {
                sd.encodeCaptions(List.of("a fox"), 0);
              }
            }),
        "of 20 layers has no hidden states of layer 27");
  }

  @Test
  void tokenisersWithoutAChatTemplate() throws IOException {
    TinyPipeline.KLEIN.copy(folder());
    Files.delete(folder().resolve("tokenizer/chat_template.jinja"));
    assertNames(
        refusal(ModelException.class, () -> open(folder()).close()), "has no chat template");
  }

  @Test
  void encodersThatAreNoLanguageModel() {
    TinyPipeline.KLEIN.copy(folder());
    for (String part : List.of("text_encoder", "tokenizer")) {
      TinyPipeline.remove(folder(), part);
    }
    Path flux = TinyPipeline.FLUX.source();
    new TinyPipeline(flux.resolve("text_encoder_2")).copy(folder().resolve("text_encoder"));
    new TinyPipeline(flux.resolve("tokenizer_2")).copy(folder().resolve("tokenizer"));
    assertNames(refusal(folder()), "3 layers of text_encoder side by side give 48");
  }

  @Test
  void moreEncoders() {
    TinyPipeline.KLEIN.copy(folder());
    new TinyPipeline(folder().resolve("text_encoder")).copy(folder().resolve("text_encoder_2"));
    assertNames(refusal(folder()), "takes one text encoder", "text_encoder, text_encoder_2");
  }
}

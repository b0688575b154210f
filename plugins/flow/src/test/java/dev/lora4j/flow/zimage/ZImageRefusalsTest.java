package dev.lora4j.flow.zimage;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.request.Prompt;
import dev.lora4j.flow.RefusalContract;
import dev.lora4j.flow.TinyPipeline;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What does not fit a Z-Image is refused by name. */
class ZImageRefusalsTest extends RefusalContract {
  ZImageRefusalsTest() {
    super(TinyPipeline.ZIMAGE, false);
  }

  @ParameterizedTest
  @CsvSource({
    "\"cap_feat_dim\": 16, \"cap_feat_dim\": 40, texts of width 40, text_encoder gives 16",
    "\"in_channels\": 16, \"in_channels\": 8, predicts 8 channels, latents have 16",
    "\"all_patch_size\": [2], \"all_patch_size\": [4], 'all_patch_size' is [4], only [2]",
    "\"all_f_patch_size\": [1], \"all_f_patch_size\": [2], 'all_f_patch_size' is [2], only [1]",
    "\"siglip_feat_dim\": null, \"siglip_feat_dim\": 8, 'siglip_feat_dim' is 8, no picture",
    "\"n_kv_heads\": 2, \"n_kv_heads\": 1, 'n_kv_heads' is 1, as many as 'n_heads'; 2",
    "\"dim\": 16, \"dim\": 17, 'dim' is 17, a multiple of 'n_heads'; 2",
    "\"axes_dims\": [2; 2; 4], \"axes_dims\": [2; 2; 2], 'axes_dims' is [2; 2; 2], 'n_heads'; 8",
    "\"axes_lens\": [1024;, \"axes_lens\": [512;, 'axes_lens' is [512; 64; 64], at least 514",
    "\"n_layers\": 2, \"n_layers\": -1, 'n_layers', from 0",
  })
  void sizesThatDoNotFit(String was, String is, String one, String other) {
    assertMismatch(was, is, one, other);
  }

  @Test
  void tokenisersWithoutAChatTemplate() throws IOException {
    TinyPipeline.ZIMAGE.copy(folder());
    Files.delete(folder().resolve("tokenizer/chat_template.jinja"));
    assertNames(
        refusal(ModelException.class, () -> open(folder()).close()), "has no chat template");
  }

  @Test
  void encodersThatAreNoLanguageModel() throws IOException {
    TinyPipeline.ZIMAGE.copy(folder());
    for (String part : List.of("text_encoder", "tokenizer")) {
      TinyPipeline.remove(folder(), part);
    }
    Path flux = TinyPipeline.FLUX.source();
    new TinyPipeline(flux.resolve("text_encoder_2")).copy(folder().resolve("text_encoder"));
    new TinyPipeline(flux.resolve("tokenizer_2")).copy(folder().resolve("tokenizer"));
    assertNames(
        refusal(ModelException.class, () -> open(folder()).close()),
        "prompts as messages of a chat",
        "must be a language model");
  }

  @Test
  void moreEncoders() {
    TinyPipeline.ZIMAGE.copy(folder());
    new TinyPipeline(folder().resolve("text_encoder")).copy(folder().resolve("text_encoder_2"));
    assertNames(refusal(folder()), "takes one text encoder", "text_encoder, text_encoder_2");
  }

  @Test
  void picturesThatAreTooLarge() {
    assertRefused(Prompt.of("a fox").size(260, 16).steps(1), "256");
  }
}

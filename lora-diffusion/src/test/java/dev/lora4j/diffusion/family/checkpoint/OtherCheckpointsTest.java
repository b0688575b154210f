package dev.lora4j.diffusion.family.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.checkpoint.Tensors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders of diffusers and transformers, and models of no known family. */
class OtherCheckpointsTest {
  @TempDir Path folder;

  private Path folder(String name) throws IOException {
    return Files.createDirectories(folder.resolve(name));
  }

  @Test
  void diffusersFolderHasOnePartPerModel() throws IOException {
    new Tensors()
        .add("conv_in.weight", 8, 4, 3, 3)
        .add("conv_in.bias", 8)
        .add("mid_block.attentions.0.norm.weight", 8)
        .write(folder("unet").resolve("diffusion_pytorch_model.safetensors"));
    new Tensors()
        .add("embeddings.position_embedding.weight", 77, 2)
        .add("encoder.layers.0.mlp.fc1.weight", 4, 2)
        .add("text_projection.weight", 2, 2)
        .write(folder("text_encoder_2").resolve("model-00001-of-00001.safetensors"));
    Files.writeString(
        folder.resolve("text_encoder_2/model.safetensors.index.json"),
        """
        {"metadata": {}, "weight_map": {
        "embeddings.position_embedding.weight": "model-00001-of-00001.safetensors",
        "encoder.layers.0.mlp.fc1.weight": "model-00001-of-00001.safetensors",
        "text_projection.weight": "model-00001-of-00001.safetensors"}}
        """);
    new Tensors()
        .add("encoder.conv_in.weight", 8, 3, 3, 3)
        .write(folder("vae").resolve("diffusion_pytorch_model.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(folder)) {
      assertEquals(Set.of("unet", "text_encoder_2"), base.parts().keySet());
      assertFalse(base.original());
      assertEquals("", base.base().name());
      Map<String, Site.Kind> kinds = new TreeMap<>();
      base.base().sites().all().forEach(s -> kinds.put(s.name(), s.kind()));
      assertEquals(
          Map.of(
              "unet.conv_in", Site.Kind.CONVOLUTION,
              "unet.mid_block.attentions.0.norm", Site.Kind.NORM,
              "text_encoder_2.text_model.embeddings.position_embedding", Site.Kind.EMBEDDING,
              "text_encoder_2.text_model.encoder.layers.0.mlp.fc1", Site.Kind.LINEAR,
              "text_encoder_2.text_projection", Site.Kind.LINEAR),
          kinds);
      assertEquals(
          new Placement("unet", "conv_in.bias", java.util.Optional.empty(), false, false),
          base.bias("unet.conv_in").orElseThrow());
    }
  }

  /** A denoiser taken out of such a folder. */
  @Test
  void denoiserAloneHasItsFolderName() {
    Path file =
        new Tensors()
            .add("down_blocks.0.resnets.0.conv1.weight", 8, 8, 3, 3)
            .write(folder.resolve("base.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(file)) {
      assertEquals(Set.of("unet"), base.parts().keySet());
      String site = "unet.down_blocks.0.resnets.0.conv1";
      assertEquals("unet", base.weight(site).orElseThrow().part());
    }
  }

  @Test
  void languageModelsHaveTheNamesOfTheirFiles() {
    Path file =
        new Tensors()
            .add("model.embed_tokens.weight", 9, 4)
            .add("model.layers.0.self_attn.q_proj.weight", 6, 4)
            .add("model.layers.0.self_attn.q_proj.bias", 6)
            .add("model.layers.0.input_layernorm.weight", 4)
            .add("model.layers.0.self_attn.rotary_emb.inv_freq", 2)
            .integers("model.layers.0.mlp.up_proj.weight", 8)
            .add("lm_head.weight", 9, 4)
            .write(folder.resolve("model.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(folder)) {
      assertEquals(file, base.parts().values().iterator().next().path());
      assertEquals(
          Set.of(
              Site.embedding("model.embed_tokens", 9, 4),
              Site.linear("model.layers.0.self_attn.q_proj", Shape.of(6, 4), true),
              new Site(
                  "model.layers.0.input_layernorm", Site.Kind.NORM, Shape.of(4), false, 1, 0, 1, 1),
              Site.linear("lm_head", Shape.of(9, 4), false)),
          Set.copyOf(base.base().sites().all()));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "model.embed_tokens, EMBEDDING",
    "transformer.word_embeddings, EMBEDDING",
    "bert.embeddings.token_type_embeddings, EMBEDDING",
    "encoder.block.0.layer.0.SelfAttention.relative_attention_bias, EMBEDDING",
    "y_embedder.embedding_table, EMBEDDING",
    "gpt_neox.embed_in, EMBEDDING",
    "embed_out, LINEAR",
    "encoder.embedding_hidden_mapping_in, LINEAR",
    "x_embedder, LINEAR",
    "time_embed.0, LINEAR",
    "lm_head, LINEAR"
  })
  void embeddingsAreRecognisedByName(String name, Site.Kind kind) {
    Path file = new Tensors().add(name + ".weight", 4, 2).write(folder.resolve("m.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(file)) {
      assertEquals(kind, base.base().sites().find(name).orElseThrow().kind());
    }
  }

  /** Headers say anything; what cannot be a layer is none. */
  @Test
  void shapesThatNoLayerHasAreLeftOut() {
    Path file =
        new Tensors()
            .add(
                "model.diffusion_model.input_blocks.2.1.transformer_blocks.0.attn2.to_k.weight",
                2,
                768)
            .add("model.diffusion_model.input_blocks.0.0.weight", 5)
            .add("model.diffusion_model.input_blocks.1.1.norm.weight", 2, 2)
            .add("model.diffusion_model.time_embed.0.weight")
            .add("model.diffusion_model.time_embed.2.weight", 3, 2)
            .add("model.diffusion_model.time_embed.2.bias", 4)
            .write(folder.resolve("odd.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(file)) {
      assertEquals(
          Set.of(
              "unet.time_embedding.linear_2",
              "unet.down_blocks.0.attentions.1.transformer_blocks.0.attn2.to_k"),
          Set.copyOf(base.base().sites().all().stream().map(Site::name).toList()));
      assertTrue(base.bias("unet.time_embedding.linear_2").isEmpty());
    }
  }

  /** GPT-2 keeps its weights the other way round, and its file lacks the model's own level. */
  @Test
  void gpt2IsTurned() {
    new Tensors()
        .add("wte.weight", 9, 2)
        .add("h.0.attn.c_attn.weight", 2, 6)
        .add("h.0.attn.c_attn.bias", 6)
        .add("h.0.mlp.c_proj.weight", 8, 2)
        .add("h.0.ln_1.weight", 2)
        .write(folder.resolve("model.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(folder)) {
      Site attention = base.base().sites().find("transformer.h.0.attn.c_attn").orElseThrow();
      assertEquals(Site.linear(attention.name(), Shape.of(6, 2), true), attention);
      Placement placement = base.weight(attention.name()).orElseThrow();
      assertArrayEquals(
          new double[] {0, 6, 1, 7, 2, 8, 3, 9, 4, 10, 5, 11}, base.read(placement).doubles());
      assertEquals(
          Shape.of(2, 8),
          base.base().sites().find("transformer.h.0.mlp.c_proj").orElseThrow().weight());
      assertEquals(
          Site.Kind.EMBEDDING, base.base().sites().find("transformer.wte").orElseThrow().kind());
    }
  }

  /** Models after GPT-2 have its names and linear layers as everybody else's. */
  @Test
  void linearLayersWithGpt2NamesAreNotTransposed() {
    new Tensors()
        .add("transformer.h.0.attn.c_attn.weight", 4, 2)
        .add("transformer.h.0.mlp.c_proj.weight", 2, 8)
        .write(folder.resolve("model.safetensors"));
    try (BaseCheckpoint base = BaseCheckpoint.open(folder)) {
      assertEquals(
          Shape.of(2, 8),
          base.base().sites().find("transformer.h.0.mlp.c_proj").orElseThrow().weight());
    }
  }

  @Test
  void anAdapterIsNoBase() throws IOException {
    Path file =
        new Tensors()
            .add("lora_unet_mid_block_attentions_0_proj_in.lora_down.weight", 2, 4)
            .write(folder.resolve("ink.safetensors"));
    refused(file, "ink.safetensors is an adapter", "Give the base model");
    Files.createFile(folder.resolve("adapter_config.json"));
    refused(folder, "is no base model", "It is an adapter");
  }

  @Test
  void folderWithoutWeightsIsRefusedWithExpectedLayout() throws IOException {
    Files.createFile(folder.resolve("pytorch_model.bin"));
    refused(folder, "expected a folder in the layout of diffusers", "convert them to safetensors");
  }

  @Test
  void aFileWithoutWeightsIsNoBase() {
    Path file = new Tensors().add("emb", 2, 4).write(folder.resolve("word.safetensors"));
    refused(file, "no floating-point tensor called like a weight");
  }

  private static void refused(Path path, String... parts) {
    String message =
        assertThrows(CheckpointException.class, () -> BaseCheckpoint.open(path)).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), message);
    }
  }
}

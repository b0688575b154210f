package dev.lora4j.diffusion.base;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.model.ModelException;
import dev.lora4j.diffusion.TinyFolder;
import dev.lora4j.diffusion.TinyXl;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Numbers in configurations that no model has: an error names the file and the key, at once. */
class HostileConfigurationTest {
  private static final String UNET = "unet/config.json";
  private static final String VAE = "vae/config.json";
  private static final String TEXT = "text_encoder_2/config.json";
  private static final String SCHEDULER = "scheduler/scheduler_config.json";
  private static final List<String> NO_SIZES =
      List.of("0", "-1", "2.5", "1e9", "1e300", "-1e9", "\"x\"", "true", "{}", "[]", "[[1]]");

  @TempDir private Path folder;

  /** A setting and the value that it is given. */
  private record Hostile(String file, String key, String value) {}

  static Stream<Hostile> corpus() {
    List<Hostile> all = new ArrayList<>();
    List<String> unet =
        List.of(
            "in_channels",
            "out_channels",
            "layers_per_block",
            "cross_attention_dim",
            "attention_head_dim",
            "norm_num_groups",
            "addition_time_embed_dim",
            "projection_class_embeddings_input_dim",
            "time_embedding_dim",
            "time_cond_proj_dim",
            "sample_size",
            "block_out_channels");
    add(all, UNET, unet);
    List<String> vae =
        List.of(
            "in_channels",
            "out_channels",
            "latent_channels",
            "layers_per_block",
            "norm_num_groups",
            "block_out_channels");
    add(all, VAE, vae);
    List<String> text =
        List.of(
            "vocab_size",
            "hidden_size",
            "intermediate_size",
            "num_hidden_layers",
            "num_attention_heads",
            "max_position_embeddings",
            "projection_dim");
    add(all, TEXT, text);
    add(all, SCHEDULER, List.of("num_train_timesteps"));
    for (String wild : List.of("-1", "1e300", "1e999999999", "\"x\"", "[]")) {
      all.add(new Hostile(UNET, "mid_block_scale_factor", wild));
      all.add(new Hostile(UNET, "norm_eps", wild));
      all.add(new Hostile(VAE, "scaling_factor", wild));
      all.add(new Hostile(TEXT, "layer_norm_eps", wild));
      all.add(new Hostile(SCHEDULER, "beta_start", wild));
      all.add(new Hostile(SCHEDULER, "beta_end", wild));
      all.add(new Hostile(SCHEDULER, "steps_offset", wild));
    }
    all.add(new Hostile(UNET, "block_out_channels", "[8, 1000000000]"));
    all.add(new Hostile(UNET, "block_out_channels", "[8, 17]"));
    all.add(new Hostile(UNET, "block_out_channels", "[8,8,8,8,8,8,8,8,8]"));
    all.add(new Hostile(UNET, "down_block_types", "[]"));
    all.add(new Hostile(UNET, "down_block_types", "[\"DownBlock2D\"]"));
    all.add(new Hostile(UNET, "down_block_types", "\"DownBlock2D\""));
    all.add(new Hostile(UNET, "up_block_types", "[\"UpBlock2D\"]"));
    all.add(new Hostile(UNET, "attention_head_dim", "[2]"));
    all.add(new Hostile(UNET, "attention_head_dim", "[2, 3]"));
    all.add(new Hostile(UNET, "transformer_layers_per_block", "[1]"));
    all.add(new Hostile(UNET, "transformer_layers_per_block", "1e9"));
    all.add(new Hostile(UNET, "transformer_layers_per_block", "[1, [1, 2, 3]]"));
    all.add(new Hostile(UNET, "transformer_layers_per_block", "0"));
    all.add(new Hostile(UNET, "reverse_transformer_layers_per_block", "[1]"));
    all.add(new Hostile(UNET, "layers_per_block", "[1, 2]"));
    all.add(new Hostile(UNET, "cross_attention_dim", "[40, 41]"));
    all.add(new Hostile(UNET, "norm_num_groups", "null"));
    all.add(new Hostile(UNET, "sample_size", "[8, 16]"));
    all.add(new Hostile(UNET, "downsample_padding", "2"));
    all.add(new Hostile(UNET, "downsample_padding", "1e9"));
    all.add(new Hostile(UNET, "freq_shift", "1e300"));
    all.add(new Hostile(UNET, "num_attention_heads", "0"));
    all.add(new Hostile(VAE, "down_block_types", "[\"DownEncoderBlock2D\"]"));
    all.add(new Hostile(VAE, "block_out_channels", "[8,8,8,8,8,8,8,8,8]"));
    all.add(new Hostile(SCHEDULER, "trained_betas", "[0.1]"));
    all.add(new Hostile(SCHEDULER, "trained_betas", "0.1"));
    all.add(new Hostile(SCHEDULER, "steps_offset", "0.5"));
    return all.stream();
  }

  private static void add(List<Hostile> all, String file, List<String> keys) {
    for (String key : keys) {
      for (String value : NO_SIZES) {
        all.add(new Hostile(file, key, value));
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("corpus")
  void hostileNumberIsRefusedByNameQuickly(Hostile hostile) throws IOException {
    TinyFolder.copy(TinyXl.FOLDER, folder).set(hostile.file(), hostile.key(), hostile.value());
    String message =
        assertTimeoutPreemptively(
            Duration.ofSeconds(10),
            () ->
                assertThrows(ModelException.class, () -> DiffusersConfigs.of(folder)).getMessage());
    assertTrue(message.contains("'" + hostile.key() + "'"), message);
    assertTrue(message.contains(hostile.file()), message);
    assertTrue(message.length() < 600, message);
  }

  @Test
  void millionBetasAreRefusedByCount() throws IOException {
    String many = "[" + "0.1,".repeat(1_000_000) + "0.1]";
    TinyFolder.copy(TinyXl.FOLDER, folder).set(SCHEDULER, "trained_betas", many);
    String message =
        assertThrows(ModelException.class, () -> DiffusersConfigs.of(folder)).getMessage();
    assertTrue(message.contains("has 1000001 values, expected 1000"), message);
  }
}

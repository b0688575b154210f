package dev.lora4j.diffusion.config.kohya;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Transformer of a flow as a network module of sd-scripts knows it, with the arguments for it. */
enum KohyaTransformer {
  /** FLUX.1. */
  FLUX("networks.lora_flux", "text_encoder_2.*", 512) {
    @Override
    Map<String, Blocks> blocks() {
      Map<String, Blocks> all = new LinkedHashMap<>();
      all.put("train_double_block_indices", new Blocks(DOUBLE, "double"));
      all.put("train_single_block_indices", new Blocks(SINGLE, "single"));
      return all;
    }

    @Override
    Map<String, Part> parts() {
      Map<String, Part> all = new LinkedHashMap<>();
      all.put("img_attn_dim", new Part(DOUBLE, PICTURE));
      all.put("txt_attn_dim", new Part(DOUBLE, WORDS));
      all.put("img_mlp_dim", new Part(DOUBLE, List.of("ff.net.*")));
      all.put("txt_mlp_dim", new Part(DOUBLE, List.of("ff_context.net.*")));
      all.put("img_mod_dim", new Part(DOUBLE, List.of("norm1.linear")));
      all.put("txt_mod_dim", new Part(DOUBLE, List.of("norm1_context.linear")));
      all.put(
          "single_dim",
          new Part(SINGLE, List.of("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp", "proj_out")));
      all.put("single_mod_dim", new Part(SINGLE, List.of("norm.linear")));
      return all;
    }

    @Override
    String embedders() {
      return "in_dims";
    }

    @Override
    List<String> embedded() {
      return List.of(
          "transformer.x_embedder",
          TIME + "timestep_embedder.*",
          TIME + "text_embedder.*",
          TIME + "guidance_embedder.*",
          "transformer.context_embedder");
    }
  },
  /** Stable Diffusion 3. */
  SD3("networks.lora_sd3", "text_encoder_3.*", 256) {
    @Override
    Map<String, Blocks> blocks() {
      return Map.of("train_block_indices", new Blocks(DOUBLE, ""));
    }

    @Override
    Map<String, Part> parts() {
      Map<String, Part> all = new LinkedHashMap<>();
      all.put("context_attn_dim", new Part(DOUBLE, WORDS));
      all.put("context_mlp_dim", new Part(DOUBLE, List.of("ff_context.net.*")));
      all.put("context_mod_dim", new Part(DOUBLE, List.of("norm1_context.linear")));
      List<String> second = List.of("attn2.to_*");
      all.put(
          "x_attn_dim",
          new Part(DOUBLE, Stream.of(PICTURE, second).flatMap(List::stream).toList()));
      all.put("x_mlp_dim", new Part(DOUBLE, List.of("ff.net.*")));
      all.put("x_mod_dim", new Part(DOUBLE, List.of("norm1.linear")));
      return all;
    }

    @Override
    String embedders() {
      return "emb_dims";
    }

    @Override
    List<String> embedded() {
      return List.of(
          "transformer.context_embedder",
          TIME + "timestep_embedder.*",
          "transformer.pos_embed.proj",
          TIME + "text_embedder.*",
          "transformer.norm_out.linear",
          "transformer.proj_out");
    }
  };

  private static final String DOUBLE = "transformer.transformer_blocks.";
  private static final String SINGLE = "transformer.single_transformer_blocks.";
  private static final String TIME = "transformer.time_text_embed.";
  private static final List<String> PICTURE =
      List.of("attn.to_q", "attn.to_k", "attn.to_v", "attn.to_out.0");
  private static final List<String> WORDS =
      List.of("attn.add_q_proj", "attn.add_k_proj", "attn.add_v_proj", "attn.to_add_out");

  private final String module;
  private final String t5;
  private final int tokens;

  KohyaTransformer(String module, String t5, int tokens) {
    this.module = module;
    this.t5 = t5;
    this.tokens = tokens;
  }

  /**
   * Blocks of one kind.
   *
   * @param prefix of their layers, up to the number
   * @param kind value of {@code train_blocks} that means these alone; empty without that argument
   */
  record Blocks(String prefix, String kind) {}

  /**
   * Layers of blocks that have a rank of their own.
   *
   * @param blocks prefix of the blocks
   * @param layers patterns within a block
   */
  record Part(String blocks, List<String> layers) {
    /** Patterns of the layers in all blocks. */
    List<String> patterns() {
      return layers.stream().map(layer -> blocks + "*." + layer).toList();
    }
  }

  /** The transformer that a module trains. */
  static Optional<KohyaTransformer> of(String module) {
    return Stream.of(values()).filter(one -> one.module.equals(module)).findFirst();
  }

  /** Name of the module. */
  String module() {
    return module;
  }

  /** Pattern of the layers of T5, which is trained with {@code train_t5xxl} alone. */
  String t5() {
    return t5;
  }

  /** Tokens that T5 reads. */
  int tokens() {
    return tokens;
  }

  /** The blocks by the argument that chooses some of them. */
  abstract Map<String, Blocks> blocks();

  /** The layers by the argument that has their rank. */
  abstract Map<String, Part> parts();

  /** The argument with the ranks of layers outside of blocks. */
  abstract String embedders();

  /** Patterns of these layers, in the order of their ranks. */
  abstract List<String> embedded();
}

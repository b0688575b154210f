package dev.lora4j.diffusion.family.adapter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One row for each way in which some dialect spells a layer or a role. */
class DialectMatrixTest {
  private static final Map<String, LayerNames> NAMES = new HashMap<>();

  private static final String DOWN = "lora_down.weight";
  private static final String UP = "lora_up.weight";
  private static final String Q1 =
      "unet.down_blocks.0.attentions.0.transformer_blocks.0.attn1.to_q";
  private static final String FC1 = "text_encoder.text_model.encoder.layers.0.mlp.fc1";

  /** A key, and what it should be. */
  record Row(String dialect, String family, String key, String role, String sites) {
    @Override
    public String toString() {
      return dialect + " " + family + " " + key;
    }
  }

  private static Row row(String dialect, String family, String key, String role, String... sites) {
    return new Row(dialect, family, key, role, String.join(", ", sites));
  }

  static Stream<Row> rows() {
    return Stream.of(
            kohya(),
            diffusers(),
            old(),
            loraDiffusion(),
            transformers(),
            divided(),
            peft(),
            others())
        .flatMap(List::stream);
  }

  private static List<Row> kohya() {
    String flat = "lora_unet_down_blocks_0_attentions_0_transformer_blocks_0_attn1_to_q.";
    String te = "text_model_encoder_layers_0_mlp_fc1.";
    return List.of(
        row("kohya", "sd15", flat + DOWN, DOWN, Q1),
        row("kohya", "sd15", flat + "alpha", "alpha", Q1),
        row("kohya", "sd15", flat + "hada_w1_a", "hada_w1_a", Q1),
        row("kohya", "sd15", flat + "lokr_w2_b", "lokr_w2_b", Q1),
        row("kohya", "sd15", flat + "dora_scale", "dora_scale", Q1),
        row("kohya", "sd15", flat.replace("to_q", "to_q_") + DOWN, DOWN, Q1),
        row("kohya", "sd15", flat.replace("unet_", "unet__orig_mod_") + DOWN, DOWN, Q1),
        row(
            "kohya",
            "sd15",
            "lora_unet_input_blocks_1_1_transformer_blocks_0_attn1_to_q." + DOWN,
            DOWN,
            Q1),
        row(
            "kohya",
            "sd15",
            "lora_unet_output_blocks_2_1_conv." + UP,
            UP,
            "unet.up_blocks.0.upsamplers.0.conv"),
        row("kohya", "sd15", "lora_te_" + te + UP, UP, FC1),
        row("kohya", "sd15", "lora_te1_" + te + UP, UP, FC1),
        row("kohya", "sd15", "lora_te_" + te.substring("text_model_".length()) + UP, UP, FC1),
        row("kohya", "sdxl", "lora_te1_" + te.substring("text_model_".length()) + UP, UP, FC1),
        row("kohya", "sdxl", "lora_te_" + te + UP, UP, FC1),
        row("kohya", "sdxl", "lora_te1_" + te + UP, UP, FC1),
        row("kohya", "sdxl", "lora_te2_" + te + UP, UP, FC1.replace("encoder.t", "encoder_2.t")),
        row(
            "kohya",
            "sdxl",
            "lora_te2_text_projection." + DOWN,
            DOWN,
            "text_encoder_2.text_projection"),
        row(
            "kohya",
            "sdxl",
            "lora_unet_input_blocks_4_1_transformer_blocks_1_ff_net_0_proj." + DOWN,
            DOWN,
            "unet.down_blocks.1.attentions.0.transformer_blocks.1.ff.net.0.proj"),
        row(
            "kohya",
            "sdxl",
            "lora_unet_output_blocks_2_2_conv." + DOWN,
            DOWN,
            "unet.up_blocks.0.upsamplers.0.conv"),
        row(
            "kohya",
            "sdxl",
            "lora_unet_label_emb_0_0." + DOWN,
            DOWN,
            "unet.add_embedding.linear_1"),
        row(
            "kohya",
            "sdxl",
            "oft_unet_middle_block_1_proj_in.oft_blocks",
            "oft_blocks",
            "unet.mid_block.attentions.0.proj_in"));
  }

  private static List<Row> diffusers() {
    return List.of(
        row("diffusers", "sd15", Q1 + ".lora_A.weight", DOWN, Q1),
        row("diffusers", "sd15", Q1 + ".lora_B.default.weight", UP, Q1),
        row("diffusers", "sd15", Q1 + ".lora_A_1.default_0.weight", DOWN, Q1),
        row("diffusers", "sd15", Q1 + ".lora_B.bias", "lora_up.bias", Q1),
        row("diffusers", "sd15", Q1 + ".alpha", "alpha", Q1),
        row("diffusers", "sd15", Q1 + ".lora_magnitude_vector", "lora_magnitude_vector", Q1),
        row(
            "diffusers",
            "sd15",
            Q1 + ".lora_magnitude_vector.default.weight",
            "lora_magnitude_vector",
            Q1),
        row("diffusers", "sd15", FC1 + ".lora_A.weight", DOWN, FC1),
        row("diffusers", "sd15", FC1.replace("text_model.", "") + ".lora_A.weight", DOWN, FC1));
  }

  private static List<Row> old() {
    String processor = Q1.replace("to_q", "processor.to_q_lora.");
    return List.of(
        row("diffusers-old", "sd15", processor + "down.weight", DOWN, Q1),
        row("diffusers-old", "sd15", processor.substring(5) + "up.weight", UP, Q1),
        row(
            "diffusers-old",
            "sd15",
            processor.replace("to_q", "to_out") + "up.weight",
            UP,
            Q1.replace("to_q", "to_out.0")),
        row("diffusers-old", "sd15", Q1 + ".lora.down.weight", DOWN, Q1),
        row("diffusers-old", "sd15", FC1 + ".lora_linear_layer.up.weight", UP, FC1),
        row(
            "diffusers-old",
            "sd15",
            FC1.replace("mlp.fc1", "self_attn.to_q_lora.down.weight"),
            DOWN,
            FC1.replace("mlp.fc1", "self_attn.q_proj")));
  }

  private static List<Row> loraDiffusion() {
    String mid = "unet.mid_block.attentions.0.transformer_blocks.0.";
    return List.of(
        row("lora-diffusion", "sd15", "unet:0:up", UP, Q1),
        row(
            "lora-diffusion",
            "sd15",
            "unet:4:down",
            DOWN,
            Q1.replace("attn1.to_q", "ff.net.0.proj")),
        row("lora-diffusion", "sd15", "unet:143:down", DOWN, mid + "attn2.to_out.0"),
        row(
            "lora-diffusion",
            "sd15",
            "text_encoder:6:up",
            UP,
            "text_encoder.text_model.encoder.layers.1.self_attn.q_proj"));
  }

  private static List<Row> transformers() {
    String joint = "transformer.transformer_blocks.3.";
    return List.of(
        row("kohya", "sd3", "lora_unet_joint_blocks_3_x_block_attn_qkv." + UP, UP, qkv(joint)),
        row(
            "kohya",
            "sd3",
            "lora_unet_joint_blocks_3_context_block_attn_qkv." + DOWN,
            DOWN,
            words(joint)),
        row(
            "kohya",
            "sd3",
            "lora_unet_joint_blocks_3_x_block_mlp_fc1." + UP,
            UP,
            joint + "ff.net.0.proj"),
        row(
            "kohya",
            "sd3",
            "lora_te3_encoder_block_2_layer_0_SelfAttention_q." + DOWN,
            DOWN,
            "text_encoder_3.encoder.block.2.layer.0.SelfAttention.q"),
        row("kohya", "flux", "lora_unet_double_blocks_3_img_attn_qkv." + UP, UP, qkv(joint)),
        row("kohya", "flux", "lora_unet_double_blocks_3_txt_attn_qkv." + UP, UP, words(joint)),
        row("kohya", "flux", "lora_unet_single_blocks_3_linear1." + UP, UP, single(3, 4)),
        row(
            "kohya",
            "flux",
            "lora_unet_single_blocks_3_linear2." + UP,
            UP,
            "transformer.single_transformer_blocks.3.proj_out"),
        row(
            "kohya",
            "flux",
            "lora_unet_final_layer_adaLN_modulation_1." + UP,
            UP,
            "transformer.norm_out.linear swapped"),
        row(
            "kohya",
            "flux",
            "lora_unet_double_blocks_3_img_attn_qkv.oft_blocks.1",
            "oft_blocks",
            joint + "attn.to_k"),
        row(
            "kohya",
            "flux",
            "lora_te3_encoder_block_2_layer_1_DenseReluDense_wi_0." + DOWN,
            DOWN,
            "text_encoder_2.encoder.block.2.layer.1.DenseReluDense.wi_0"),
        row(
            "kohya",
            "flux",
            "lora_te2_encoder_block_2_layer_0_SelfAttention_o." + DOWN,
            DOWN,
            "text_encoder_2.encoder.block.2.layer.0.SelfAttention.o"),
        row(
            "kohya",
            "flux",
            "lora_unet_transformer_blocks_3_attn_to_q_." + UP,
            UP,
            joint + "attn.to_q"),
        row("diffusers", "flux", joint + "attn.to_q.lora_A.weight", DOWN, joint + "attn.to_q"),
        row(
            "onetrainer",
            "flux",
            "lora_transformer_transformer_blocks_3_attn_to_q." + DOWN,
            DOWN,
            joint + "attn.to_q"),
        row(
            "onetrainer",
            "flux",
            "lora_transformer_proj_out.alpha",
            "alpha",
            "transformer.proj_out"));
  }

  private static String[] qkv(String block) {
    return new String[] {block + "attn.to_q", block + "attn.to_k", block + "attn.to_v"};
  }

  private static String[] words(String block) {
    return new String[] {
      block + "attn.add_q_proj", block + "attn.add_k_proj", block + "attn.add_v_proj"
    };
  }

  private static String[] single(int block, int parts) {
    String name = "transformer.single_transformer_blocks." + block + ".";
    List<String> all = List.of("attn.to_q", "attn.to_k", "attn.to_v", "proj_mlp");
    return all.subList(0, parts).stream().map(p -> name + p).toArray(String[]::new);
  }

  private static List<Row> divided() {
    String joint = "transformer.transformer_blocks.3.";
    String qkv = "double_blocks.3.img_attn.qkv";
    return List.of(
        row("comfyui", "flux", "diffusion_model." + qkv + ".lora_A.weight", DOWN, qkv(joint)),
        row(
            "comfyui",
            "flux",
            "diffusion_model." + qkv + ".magnitude",
            "lora_magnitude_vector",
            qkv(joint)),
        row("comfyui", "flux", "model.diffusion_model." + qkv + ".lokr_w1", "lokr_w1", qkv(joint)),
        row(
            "comfyui",
            "flux",
            "diffusion_model$$" + qkv.replace(".", "$$") + ".lora_B.weight",
            UP,
            qkv(joint)),
        row(
            "comfyui",
            "flux",
            "text_encoders.clip_l.transformer.text_model.encoder.layers.0.mlp.fc1." + UP,
            UP,
            FC1),
        row(
            "comfyui",
            "sdxl",
            "diffusion_model.input_blocks.4.1.proj_in.lora_A.weight",
            DOWN,
            "unet.down_blocks.1.attentions.0.proj_in"),
        row("bare", "flux", qkv + ".lora_A.weight", DOWN, qkv(joint)),
        row("peft", "flux", "base_model.model." + qkv + ".lora_A.weight", DOWN, qkv(joint)),
        row("xlabs", "flux", "double_blocks.3.processor.qkv_lora1.down.weight", DOWN, qkv(joint)),
        row("xlabs", "flux", "double_blocks.3.processor.qkv_lora2.up.weight", UP, words(joint)),
        row(
            "xlabs",
            "flux",
            "diffusion_model.double_blocks.3.processor.proj_lora2.up.weight",
            UP,
            joint + "attn.to_add_out"),
        row("xlabs", "flux", "single_blocks.3.processor.qkv_lora.up.weight", UP, single(3, 3)),
        row(
            "xlabs",
            "flux",
            "single_blocks.3.processor.proj_lora.down.weight",
            DOWN,
            "transformer.single_transformer_blocks.3.proj_out"),
        row("omi", "flux", "transformer." + qkv + ".1." + DOWN, DOWN, joint + "attn.to_k"),
        row(
            "omi",
            "flux",
            "transformer.single_blocks.3.linear1.3." + DOWN,
            DOWN,
            "transformer.single_transformer_blocks.3.proj_mlp"),
        row(
            "omi",
            "flux",
            "transformer.final_layer.adaLN_modulation.1." + UP,
            UP,
            "transformer.norm_out.linear swapped"),
        row(
            "omi",
            "flux",
            "t5.encoder.block.2.layer.0.SelfAttention.q." + UP,
            UP,
            "text_encoder_2.encoder.block.2.layer.0.SelfAttention.q"),
        row("omi", "sd15", "clip_l.text_model.encoder.layers.0.mlp.fc1." + UP, UP, FC1),
        row(
            "omi",
            "sdxl",
            "unet.input_blocks.4.1.proj_in." + DOWN,
            DOWN,
            "unet.down_blocks.1.attentions.0.proj_in"));
  }

  private static List<Row> peft() {
    String path = Q1.substring("unet.".length());
    return List.of(
        row("peft", "sd15", "base_model.model." + path + ".lora_A.weight", DOWN, Q1),
        row("peft", "sd15", "base_model.model." + path + ".lora_B.default.weight", UP, Q1),
        row("peft", "sd15", "base_model.model.unet." + path + ".lora_A.weight", DOWN, Q1),
        row("peft", "sd15", "unet.base_model.model." + path + ".lora_A.weight", DOWN, Q1),
        row(
            "peft",
            "sdxl",
            "text_encoder.base_model.model.encoder.layers.0.mlp.fc1.lora_A.weight",
            DOWN,
            FC1),
        row("peft", "sd15", "base_model.model." + path + ".ia3_l", "ia3_l", Q1),
        row("peft", "sd15", "base_model.model." + path + ".hada_w2_b", "hada_w2_b", Q1),
        row("peft", "sd15", "base_model.model." + path + ".lokr_w1.default", "lokr_w1", Q1),
        row("peft", "sd15", "base_model.model." + path + ".oft_R.weight", "oft_R.weight", Q1),
        row("peft", "sd15", "base_model.model." + path + ".boft_R", "boft_R", Q1),
        row("peft", "sd15", "base_model.model." + path + ".lora_E", "lora_E", Q1),
        row(
            "peft",
            "sd15",
            "base_model.model." + FC1.substring("text_encoder.".length()) + ".lora_A.weight",
            DOWN,
            FC1));
  }

  private static List<Row> others() {
    String path = Q1.substring("unet.".length());
    String flat = path.replace('.', '_');
    return List.of(
        row("lycoris", "sd15", "lycoris_" + flat + ".lokr_w1", "lokr_w1", Q1),
        row("lycoris", "sd15", "lycoris_unet_" + flat + ".hada_w1_a", "hada_w1_a", Q1),
        row("lycoris", "sd15", "lycoris_text_model_encoder_layers_0_mlp_fc1.alpha", "alpha", FC1),
        row("loralib", "sd15", path + ".lora_A", DOWN, Q1),
        row("mlx", "sd15", path + ".lora_a", "lora_a", Q1),
        row("mlx", "sd15", path + ".lora_b", "lora_b", Q1),
        row("bare", "sd15", path + ".lora_A.default.weight", DOWN, Q1),
        row("bare", "sd15", path + ".lora_B_1.default_0.weight", UP, Q1),
        row(
            "bare",
            "sdxl",
            "input_blocks.4.1.proj_in.lora_A.weight",
            DOWN,
            "unet.down_blocks.1.attentions.0.proj_in"));
  }

  @ParameterizedTest
  @MethodSource("rows")
  void aKeyIsFound(Row row) {
    Optional<String> found = Optional.empty();
    for (AdapterFormat format : Formats.all()) {
      Optional<KeyAddress> address = format.resolve(row.key(), context(row));
      if (address.isPresent() && address.get() instanceof KeyAddress.KnownLayer of) {
        found = Optional.of(format.name() + " " + of.role() + " " + sites(of.layer()));
        break;
      }
    }
    assertEquals(Optional.of(row.dialect() + " " + row.role() + " " + row.sites()), found);
  }

  private static KeyContext context(Row row) {
    LayerNames names = NAMES.computeIfAbsent(row.family(), f -> new LayerNames(Families.named(f)));
    return new KeyContext(names, Set.of(row.key()), Map.of());
  }

  private static String sites(Layer layer) {
    return layer.parts().stream()
        .map(p -> p.site().name() + (p.swapped() ? " swapped" : ""))
        .collect(Collectors.joining(", "));
  }

  @Test
  void everyDialectHasARow() {
    Set<String> tested = rows().map(Row::dialect).collect(Collectors.toCollection(TreeSet::new));
    Set<String> all = new TreeSet<>();
    Formats.all().forEach(f -> all.add(f.name()));
    assertEquals(all, tested);
    assertTrue(all.size() > 3);
  }
}

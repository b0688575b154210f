package dev.lora4j.core.format.dialect;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Address;
import dev.lora4j.core.format.Formats;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.format.family.Families;
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
    return Stream.of(kohya(), diffusers(), old(), loraDiffusion()).flatMap(List::stream);
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

  @ParameterizedTest
  @MethodSource("rows")
  void aKeyIsFound(Row row) {
    Optional<String> found = Optional.empty();
    for (AdapterFormat format : Formats.all()) {
      Optional<Address> address = format.resolve(row.key(), context(row));
      if (address.isPresent() && address.get() instanceof Address.OfLayer of) {
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

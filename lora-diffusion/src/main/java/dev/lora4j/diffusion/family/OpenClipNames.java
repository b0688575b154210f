package dev.lora4j.diffusion.family;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Placement of a CLIP text encoder's weights in OpenCLIP's layout: queries, keys and values are
 * rows of one weight, and the projection is transposed.
 */
public final class OpenClipNames {
  private static final Pattern LAYER =
      Pattern.compile("text_model\\.encoder\\.layers\\.(\\d+)\\.(.*)");

  /** Projections that one weight fuses, in this order. */
  public static final List<String> FUSED = List.of("q_proj", "k_proj", "v_proj");

  private static final Map<String, String> LAYERS =
      Map.of(
          "layer_norm1", "ln_1",
          "layer_norm2", "ln_2",
          "mlp.fc1", "mlp.c_fc",
          "mlp.fc2", "mlp.c_proj",
          "self_attn.out_proj", "attn.out_proj");

  private final String part;
  private final String prefix;

  /**
   * Names in one encoder.
   *
   * @param part the part of the checkpoint, as in {@link BaseCheckpoint#parts}
   * @param prefix what its tensors begin with, for example {@code conditioner.embedders.1.model.}
   */
  public OpenClipNames(String part, String prefix) {
    this.part = part;
    this.prefix = prefix;
  }

  /**
   * Possible placements of a weight, likeliest first; none if the layout has no such layer.
   *
   * @param path the layer's name in transformers
   * @param parameter {@code weight} or {@code bias}
   * @param rows rows of that weight
   */
  public List<Placement> of(String path, String parameter, long rows) {
    Matcher m = LAYER.matcher(path);
    if (m.matches()) {
      String layer = prefix + "transformer.resblocks." + m.group(1) + ".";
      return inLayer(layer, m.group(2), parameter, rows).map(List::of).orElse(List.of());
    }
    return switch (path) {
      case "text_model.embeddings.token_embedding" -> plain("token_embedding." + parameter);
      case "text_model.embeddings.position_embedding" -> plain("positional_embedding");
      case "text_model.final_layer_norm" -> plain("ln_final." + parameter);
      // Some files have the projection as a linear layer instead.
      case "text_projection" ->
          List.of(
              Placement.transposed(part, prefix + "text_projection"),
              Placement.of(part, prefix + "text_projection.weight"));
      default -> List.of();
    };
  }

  private Optional<Placement> inLayer(String layer, String path, String parameter, long rows) {
    if (path.startsWith("self_attn.") && FUSED.contains(path.substring(10))) {
      long from = FUSED.indexOf(path.substring(10)) * rows;
      String fused = layer + "attn.in_proj_" + parameter;
      Placement.Rows those = Placement.Rows.third(from, rows);
      return Optional.of(new Placement(part, fused, Optional.of(those), false, false));
    }
    return Optional.ofNullable(LAYERS.get(path))
        .map(name -> Placement.of(part, layer + name + "." + parameter));
  }

  private List<Placement> plain(String name) {
    return List.of(Placement.of(part, prefix + name));
  }
}

package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * kohya's sd-scripts, and all that write like them: a prefix for the model, the layer's name with
 * every dot an underscore, a dot, and the role. The layer is named as diffusers does or as the
 * model was first published; {@code lora_transformer_} is OneTrainer's for the same.
 */
@Extension(
    point = AdapterFormat.class,
    name = "kohya",
    help = "kohya's sd-scripts and all that write like them")
public final class KohyaDialect implements AdapterFormat {
  /** Prefixes, and the models they may mean. */
  private static final Map<String, List<String>> TEXT_ENCODERS =
      Map.of(
          "lora_te_", List.of("text_encoder", "text_encoder_2"),
          "lora_te1_", List.of("text_encoder"),
          "lora_te2_", List.of("text_encoder_2"),
          // T5 is the third model of Stable Diffusion 3, and the second of FLUX.
          "lora_te3_", List.of("text_encoder_3", "text_encoder_2"));

  private static final List<String> DENOISERS = List.of("lora_unet_", "oft_unet_");

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    for (String prefix : DENOISERS) {
      if (key.startsWith(prefix)) {
        return flat(key, prefix, List.of(context.names().denoiser()), context);
      }
    }
    for (Map.Entry<String, List<String>> entry : TEXT_ENCODERS.entrySet()) {
      if (key.startsWith(entry.getKey())) {
        return flat(key, entry.getKey(), entry.getValue(), context);
      }
    }
    return Optional.empty();
  }

  /**
   * A key that is a prefix, a flat name, a dot, and the role.
   *
   * @param models the models that the layer may be in, likelier ones first
   */
  static Optional<KeyAddress> flat(
      String key, String prefix, List<String> models, KeyContext context) {
    int dot = key.indexOf('.');
    if (dot < prefix.length()) {
      return Optional.empty();
    }
    String spelled = key.substring(0, dot);
    String suffix = key.substring(dot + 1);
    LayerNames names = context.names();
    String flat = spelled.substring(prefix.length());
    Optional<Layer> layer =
        models.stream().flatMap(m -> names.flatly(m, flat).stream()).findFirst();
    Optional<KeySuffix> ending = KeySuffix.split(spelled, suffix, context.keys());
    if (layer.isPresent()) {
      return Optional.of(Rotations.address(spelled, layer.get(), suffix, ending));
    }
    boolean model = models.stream().noneMatch(names::has);
    return ending.map(e -> new KeyAddress.UnknownLayer(spelled, models.get(0) + "." + flat, model));
  }
}

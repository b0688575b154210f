package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/**
 * diffusers since it uses PEFT: the model, the layer as diffusers names it, and PEFT's role: {@code
 * unet.mid_block.attentions.0.proj_in.lora_A.weight}. ai-toolkit, SimpleTuner and OneTrainer write
 * the same.
 */
@Extension(point = AdapterFormat.class, name = "diffusers", help = "diffusers since it uses PEFT")
public final class DiffusersDialect implements AdapterFormat {
  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    int dot = key.indexOf('.');
    if (dot < 0 || !Components.all().contains(key.substring(0, dot))) {
      return Optional.empty();
    }
    return KeySuffix.of(key, context.keys())
        .filter(e -> e.style() != KeySuffix.Style.OLD_DIFFUSERS && e.layer().length() > dot)
        .map(e -> address(e, key.substring(0, dot), context.names()));
  }

  /** The address of a key that begins with the name of a model. */
  static KeyAddress address(KeySuffix ending, String model, LayerNames names) {
    Optional<Layer> layer = names.canonical(ending.layer());
    if (layer.isPresent()) {
      return new KeyAddress.KnownLayer(ending.layer(), layer.get(), ending.role());
    }
    return new KeyAddress.UnknownLayer(ending.layer(), ending.layer(), !names.has(model));
  }
}

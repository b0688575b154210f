package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.Components;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Optional;

/**
 * diffusers before it used PEFT: {@code processor.to_q_lora.down.weight}, {@code lora.down.weight},
 * {@code lora_linear_layer.down.weight}, with or without the model's name in front.
 */
@Extension(
    point = AdapterFormat.class,
    name = "diffusers-old",
    help = "diffusers before it used PEFT")
public final class OldDiffusersDialect implements AdapterFormat {
  /** Names of attention layers in old adapters, and in the model. */
  private static final Map<String, String> UNET = Map.of("to_out", "to_out.0");

  private static final Map<String, String> TEXT =
      Map.of("to_q", "q_proj", "to_k", "k_proj", "to_v", "v_proj", "to_out", "out_proj");

  @Override
  public Specificity specificity() {
    return Specificity.ROLES;
  }

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    return KeySuffix.of(key, context.keys())
        .filter(e -> e.style() == KeySuffix.Style.OLD_DIFFUSERS)
        .map(e -> address(e, context.names()));
  }

  private static KeyAddress address(KeySuffix ending, LayerNames names) {
    int dot = ending.layer().indexOf('.');
    String first = dot < 0 ? "" : ending.layer().substring(0, dot);
    boolean named = Components.all().contains(first);
    String model = named ? first : names.denoiser();
    String path = named ? ending.layer().substring(dot + 1) : ending.layer();
    path = path.replace(".processor.", ".");
    int last = path.lastIndexOf('.') + 1;
    Map<String, String> renamed = model.startsWith("text_encoder") ? TEXT : UNET;
    String name = path.substring(last);
    String whole = model + "." + path.substring(0, last) + renamed.getOrDefault(name, name);
    KeySuffix canonical = new KeySuffix(whole, ending.role(), ending.style());
    KeyAddress address = DiffusersDialect.address(canonical, model, names);
    if (address instanceof KeyAddress.KnownLayer of) {
      return new KeyAddress.KnownLayer(ending.layer(), of.layer(), of.role());
    }
    return address;
  }
}

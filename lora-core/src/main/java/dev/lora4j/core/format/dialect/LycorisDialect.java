package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/**
 * LyCORIS around any model, as SimpleTuner uses it: {@code lycoris_}, the flat name of the layer in
 * the wrapped model, a dot, and the role.
 */
@Extension(
    point = AdapterFormat.class,
    name = "lycoris",
    help = "LyCORIS around any model, as SimpleTuner uses it")
public final class LycorisDialect implements AdapterFormat {
  private static final String PREFIX = "lycoris_";

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    int dot = key.indexOf('.');
    if (dot < 0 || !key.startsWith(PREFIX)) {
      return Optional.empty();
    }
    String spelled = key.substring(0, dot);
    String flat = spelled.substring(PREFIX.length());
    String suffix = key.substring(dot + 1);
    Optional<KeySuffix> ending = KeySuffix.split(spelled, suffix, context.keys());
    Optional<Layer> layer = context.names().flatlyAnywhere(flat);
    if (layer.isPresent()) {
      return Optional.of(Rotations.address(spelled, layer.get(), suffix, ending));
    }
    return ending.map(
        e -> new KeyAddress.UnknownLayer(spelled, context.names().denoiser() + "." + flat, false));
  }
}

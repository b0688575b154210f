package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.core.format.NativePrefix;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Optional;

/**
 * The Open Model Initiative: {@code unet.}, {@code transformer.}, {@code clip_l.}, {@code clip_g.},
 * {@code t5.}, the layer as in the layout of first publication, and kohya's role. Layers that are
 * one there and several in diffusers are divided in the file: {@code qkv.0}, {@code qkv.1}.
 */
@Extension(point = AdapterFormat.class, name = "omi", help = "The Open Model Initiative")
public final class OmiDialect implements AdapterFormat {
  private static final Map<String, String> PREFIXES =
      Map.of(
          "unet", NativePrefix.DENOISER,
          "transformer", NativePrefix.DENOISER,
          "clip_l", NativePrefix.textEncoder("clip_l"),
          "clip_g", NativePrefix.textEncoder("clip_g"),
          "t5", NativePrefix.textEncoder("t5xxl"));

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    int dot = key.indexOf('.');
    String prefix = dot < 0 ? null : PREFIXES.get(key.substring(0, dot));
    if (prefix == null) {
      return Optional.empty();
    }
    return KeySuffix.of(key, context.keys())
        .filter(e -> e.style() != KeySuffix.Style.OLD_DIFFUSERS && e.layer().length() > dot)
        .map(e -> address(e, prefix + e.layer().substring(dot + 1), context.names()));
  }

  private static KeyAddress address(KeySuffix ending, String path, LayerNames names) {
    Optional<Layer> layer = names.natively(path).or(() -> part(path, names));
    return layer
        .<KeyAddress>map(l -> new KeyAddress.KnownLayer(ending.layer(), l, ending.role()))
        .orElseGet(
            () -> new KeyAddress.UnknownLayer(ending.layer(), path, !path.startsWith("diff")));
  }

  /** {@code ...qkv.1} is the second part of {@code ...qkv}. */
  private static Optional<Layer> part(String path, LayerNames names) {
    int dot = path.lastIndexOf('.');
    String number = path.substring(dot + 1);
    if (!number.matches("\\d")) {
      return Optional.empty();
    }
    return names.natively(path.substring(0, dot)).flatMap(l -> l.part(Integer.parseInt(number)));
  }
}

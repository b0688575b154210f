package dev.lora4j.core.format.dialect;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.NativePrefix;
import dev.lora4j.spi.Extension;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * XLabs' FLUX: {@code double_blocks.0.processor.qkv_lora1.down.weight}, where 1 is the picture and
 * 2 the words, and {@code single_blocks.0.processor.qkv_lora.down.weight}, which leaves out the
 * fourth part of the layer. There is no alpha; XLabs applies its strength to both factors, which is
 * not followed.
 */
@Extension(point = AdapterFormat.class, name = "xlabs", help = "XLabs' FLUX")
public final class XlabsDialect implements AdapterFormat {
  private static final Pattern KEY =
      Pattern.compile(
          "(?:diffusion_model\\.)?((?:double|single)_blocks\\.\\d+\\.)processor\\."
              + "((?:qkv|proj)_lora[12]?)\\.(down|up)\\.weight");

  private static final Map<String, String> LAYERS =
      Map.of(
          "qkv_lora1", "img_attn.qkv",
          "proj_lora1", "img_attn.proj",
          "qkv_lora2", "txt_attn.qkv",
          "proj_lora2", "txt_attn.proj",
          "qkv_lora", "linear1",
          "proj_lora", "linear2");

  /** Query, key and value, without the feed-forward part. */
  private static final int ATTENTION_PARTS = 3;

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    Matcher parts = KEY.matcher(key);
    if (!parts.matches()) {
      return Optional.empty();
    }
    String layer = LAYERS.getOrDefault(parts.group(2), "");
    String path = NativePrefix.DENOISER + parts.group(1) + layer;
    String spelled = parts.group(1) + "processor." + parts.group(2);
    String role = parts.group(3).equals("down") ? LoraMethod.DOWN : LoraMethod.UP;
    Optional<Layer> found = context.names().natively(path);
    if (layer.equals("linear1")) {
      found = found.flatMap(l -> l.first(ATTENTION_PARTS));
    }
    return Optional.of(
        found
            .<KeyAddress>map(l -> new KeyAddress.KnownLayer(spelled, l, role))
            .orElseGet(() -> new KeyAddress.UnknownLayer(spelled, path, false)));
  }
}

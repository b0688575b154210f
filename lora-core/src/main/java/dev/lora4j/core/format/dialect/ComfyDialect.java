package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.format.NativePrefix;
import dev.lora4j.spi.Extension;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * ComfyUI, which ai-toolkit, diffusion-pipe and OneTrainer write for: {@code diffusion_model.} or
 * {@code text_encoders.clip_l.transformer.}, the layer as in the layout of first publication, and
 * PEFT's or LyCORIS's role. ai-toolkit once wrote {@code $$} for dots.
 */
@Extension(
    point = AdapterFormat.class,
    name = "comfyui",
    help = "ComfyUI, and what is written for it")
public final class ComfyDialect implements AdapterFormat {
  private static final Pattern TEXT = Pattern.compile("text_encoders\\.[^.]+\\.transformer\\..*");
  private static final String WRAPPED = "model." + NativePrefix.DENOISER;

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    String dotted = key.replace("$$", ".");
    String plain = dotted.startsWith(WRAPPED) ? dotted.substring("model.".length()) : dotted;
    boolean denoiser = plain.startsWith(NativePrefix.DENOISER);
    if (!denoiser && !TEXT.matcher(plain).matches()) {
      return Optional.empty();
    }
    return KeySuffix.of(plain, context.keys())
        .map(
            e -> {
              Optional<Layer> layer = context.names().natively(e.layer());
              if (layer.isEmpty() && denoiser) {
                String path = e.layer().substring(NativePrefix.DENOISER.length());
                layer = context.names().canonical(context.names().denoiser() + "." + path);
              }
              return layer
                  .<KeyAddress>map(l -> new KeyAddress.KnownLayer(e.layer(), l, e.role()))
                  .orElseGet(() -> new KeyAddress.UnknownLayer(e.layer(), e.layer(), !denoiser));
            });
  }
}

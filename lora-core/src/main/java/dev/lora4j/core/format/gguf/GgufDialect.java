package dev.lora4j.core.format.gguf;

import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.FileRoles;
import dev.lora4j.core.format.GgufLayerNames;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.Layer;
import dev.lora4j.core.nn.Site;
import java.util.Optional;

/**
 * Adapters in GGUF files: llama.cpp's name of the weight, {@code .lora_a} and {@code .lora_b}. It
 * is for these files alone, so it is no extension.
 */
public final class GgufDialect implements AdapterFormat {
  /** Ending of the factor that the input meets first. */
  public static final String DOWN = ".lora_a";

  /** Ending of the factor that gives the output. */
  public static final String UP = ".lora_b";

  @Override
  public String name() {
    return "gguf";
  }

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    if (!key.endsWith(DOWN) && !key.endsWith(UP)) {
      // Some converters put norms beside the factors, which llama.cpp leaves out.
      return key.endsWith("_norm.weight")
          ? Optional.of(new KeyAddress.OtherTensor(Reason.NO_EFFECT))
          : Optional.empty();
    }
    String tensor = key.substring(0, key.length() - DOWN.length());
    GgufLayerNames names = context.names().family().gguf();
    Optional<String> site = names.site(tensor);
    Optional<Layer> layer = site.flatMap(context.names()::canonical);
    return Optional.of(
        layer
            .<KeyAddress>map(
                l -> {
                  int heads = site.flatMap(names::of).orElseThrow().pairedHeads();
                  return new KeyAddress.KnownLayer(tensor, l, role(key, l, heads));
                })
            .orElseGet(() -> new KeyAddress.UnknownLayer(tensor, tensor, false)));
  }

  /** Of an embedding, {@code lora_a} is for the tokens, and {@code lora_b} is transposed. */
  private static String role(String key, Layer layer, int heads) {
    boolean down = key.endsWith(DOWN);
    if (layer.whole().kind() == Site.Kind.EMBEDDING) {
      return down ? LoraMethod.UP : FileRoles.EMBEDDING_B;
    }
    return down ? LoraMethod.DOWN : heads == 0 ? LoraMethod.UP : FileRoles.paired(heads);
  }
}

package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/**
 * Microsoft's loralib, the original: the layer as the model names it, and {@code lora_A} or {@code
 * lora_B} without anything behind it.
 */
@Extension(
    point = AdapterFormat.class,
    name = "loralib",
    help = "Microsoft's loralib, the original")
public final class LoralibDialect implements AdapterFormat {
  @Override
  public Specificity specificity() {
    return Specificity.ROLES;
  }

  @Override
  public Optional<String> warning() {
    return Optional.of(
        "Files of loralib do not hold alpha; the scale is taken as 1. If it was trained with another"
            + " alpha than its rank, multiply its weight by alpha / rank.");
  }

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    if (!key.endsWith(".lora_A") && !key.endsWith(".lora_B")) {
      return Optional.empty();
    }
    return KeySuffix.of(key, context.keys()).map(e -> BareDialect.address(e, context.names()));
  }
}

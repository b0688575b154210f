package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.FileRoles;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.spi.Extension;
import java.util.Optional;

/**
 * MLX-LM: the layer as the model names it, {@code lora_a} and {@code lora_b}, which are the factors
 * transposed, and {@code m} for the lengths of DoRA. The scale is in {@code adapter_config.json}.
 */
@Extension(point = AdapterFormat.class, name = "mlx", help = "MLX-LM, Apple's")
public final class MlxDialect implements AdapterFormat {
  @Override
  public Specificity specificity() {
    return Specificity.ROLES;
  }

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    int dot = key.lastIndexOf('.');
    String last = key.substring(dot + 1);
    String layer = key.substring(0, Math.max(0, dot));
    boolean factor = last.equals(FileRoles.MLX_DOWN) || last.equals(FileRoles.MLX_UP);
    boolean lengths = last.equals("m") && context.keys().contains(layer + "." + FileRoles.MLX_DOWN);
    if (layer.isEmpty() || !(factor || lengths)) {
      return Optional.empty();
    }
    return KeySuffix.of(key, context.keys()).map(e -> BareDialect.address(e, context.names()));
  }
}

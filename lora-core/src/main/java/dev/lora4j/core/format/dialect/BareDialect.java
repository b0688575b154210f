package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.core.format.KeySuffix;
import dev.lora4j.core.format.LayerNames;
import dev.lora4j.spi.Extension;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * No prefix at all: the layer as the model names it, in diffusers or where it was first published,
 * and any role. Raw state of PEFT, OneTrainer's "original", Black Forest Labs, and adapters of
 * language models are written so.
 */
@Extension(
    point = AdapterFormat.class,
    name = "bare",
    help = "No prefix at all: layers as the model names them")
public final class BareDialect implements AdapterFormat {
  private static final Pattern AUXILIARY =
      Pattern.compile("(optimizer|ema|ema_model|lr_scheduler|scheduler)[._].*|.*\\.position_ids");

  @Override
  public Specificity specificity() {
    return Specificity.ANYTHING;
  }

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    if (AUXILIARY.matcher(key).matches()) {
      return Optional.of(new KeyAddress.OtherTensor(Reason.AUXILIARY));
    }
    return KeySuffix.of(key, context.keys()).map(e -> address(e, context.names()));
  }

  static KeyAddress address(KeySuffix ending, LayerNames names) {
    return names
        .anywhere(ending.layer())
        .<KeyAddress>map(l -> new KeyAddress.KnownLayer(ending.layer(), l, ending.role()))
        .orElseGet(() -> new KeyAddress.UnknownLayer(ending.layer(), ending.layer(), false));
  }
}

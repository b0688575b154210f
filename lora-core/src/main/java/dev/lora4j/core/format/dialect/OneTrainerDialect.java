package dev.lora4j.core.format.dialect;

import dev.lora4j.core.format.AdapterFormat;
import dev.lora4j.core.format.KeyAccount.Reason;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyContext;
import dev.lora4j.spi.Extension;
import java.util.List;
import java.util.Optional;

/**
 * Keys of OneTrainer alone: {@code lora_transformer_} with flat names of diffusers, {@code
 * bundle_emb.} for embeddings, {@code _aux.} for the state that it resumes from. All else of its is
 * in the other dialects.
 */
@Extension(point = AdapterFormat.class, name = "onetrainer", help = "What OneTrainer alone writes")
public final class OneTrainerDialect implements AdapterFormat {
  private static final List<String> DENOISERS = List.of("lora_transformer_", "lora_prior_unet_");

  @Override
  public Optional<KeyAddress> resolve(String key, KeyContext context) {
    if (key.startsWith("bundle_emb.")) {
      return Optional.of(new KeyAddress.OtherTensor(Reason.EMBEDDING));
    }
    if (key.startsWith("_aux.")) {
      return Optional.of(new KeyAddress.OtherTensor(Reason.AUXILIARY));
    }
    return DENOISERS.stream()
        .filter(key::startsWith)
        .findFirst()
        .flatMap(p -> KohyaDialect.flat(key, p, List.of(context.names().denoiser()), context));
  }
}

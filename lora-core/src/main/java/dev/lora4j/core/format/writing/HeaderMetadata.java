package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.MetadataKey;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.format.metadata.TriggerWords;
import java.util.Optional;
import java.util.Set;

/** Metadata of any written adapter: its own entries without those that would be false now. */
final class HeaderMetadata {
  private static final String VERSION = "1.0.1";
  private static final MetadataKey<String> FORMAT = MetadataKey.text("format");

  /** diffusers' configuration, which its layout replaces where it needs one. */
  private static final MetadataKey<String> CONFIGURATION =
      MetadataKey.text("lora_adapter_metadata");

  /** Sources of words that people wrote as such. */
  private static final Set<TriggerWords.Source> SURE =
      Set.of(
          TriggerWords.Source.PHRASE,
          TriggerWords.Source.TRAINED_WORDS,
          TriggerWords.Source.KEYWORDS);

  private HeaderMetadata() {}

  static Metadata of(Adapter adapter, Family family) {
    Metadata metadata =
        new Metadata(adapter.metadata())
            .without(KohyaKeys.MODEL_HASH)
            .without(KohyaKeys.LEGACY_HASH)
            .without(ModelSpecKeys.HASH)
            .without(CONFIGURATION)
            .with(FORMAT, "pt")
            .withDefault(KohyaKeys.OUTPUT_NAME, adapter.name());
    Optional<BaseLabel> label = BaseLabel.of(family);
    if (label.isEmpty()) {
      // The specification asks for an architecture, and there is no word for this one.
      return metadata;
    }
    TriggerWords words = TriggerWords.of(metadata);
    Metadata described =
        label
            .get()
            .added(metadata)
            .with(ModelSpecKeys.VERSION, VERSION)
            .withDefault(
                ModelSpecKeys.TITLE, metadata.get(KohyaKeys.OUTPUT_NAME).orElse(adapter.name()));
    return SURE.contains(words.source())
        ? described.withDefault(ModelSpecKeys.TRIGGER_PHRASE, String.join(", ", words.words()))
        : described;
  }
}

package dev.lora4j.core.format.writing;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Families;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.KohyaLabel;
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
    Optional<KohyaLabel> label = Families.label(family.name());
    if (label.isEmpty()) {
      // The specification asks for an architecture, and there is no word for this one.
      return metadata;
    }
    TriggerWords words = TriggerWords.of(metadata);
    Metadata described =
        labelled(metadata, label.get())
            .with(ModelSpecKeys.VERSION, VERSION)
            .withDefault(
                ModelSpecKeys.TITLE, metadata.get(KohyaKeys.OUTPUT_NAME).orElse(adapter.name()));
    return SURE.contains(words.source())
        ? described.withDefault(ModelSpecKeys.TRIGGER_PHRASE, String.join(", ", words.words()))
        : described;
  }

  /** The entries that name the base, where {@code metadata} does not. */
  private static Metadata labelled(Metadata metadata, KohyaLabel label) {
    Optional<KohyaLabel.Velocity> velocity =
        label.velocity().filter(v -> predictsVelocity(metadata, v));
    return metadata
        .withDefault(KohyaKeys.V2, label.v2())
        .withDefault(
            KohyaKeys.BASE_VERSION,
            velocity.map(KohyaLabel.Velocity::version).orElse(label.version()))
        .withDefault(
            ModelSpecKeys.ARCHITECTURE,
            velocity.map(KohyaLabel.Velocity::architecture).orElse(label.architecture()) + "/lora")
        .withDefault(ModelSpecKeys.IMPLEMENTATION, label.implementation())
        .withDefault(
            ModelSpecKeys.RESOLUTION,
            velocity.map(KohyaLabel.Velocity::resolution).orElse(label.resolution()));
  }

  /** The trainer's own entry distinguishes the two kinds of a base; else the prediction does. */
  private static boolean predictsVelocity(Metadata metadata, KohyaLabel.Velocity velocity) {
    return metadata
        .get(KohyaKeys.BASE_VERSION)
        .map(v -> v.equals(velocity.version()))
        .orElseGet(() -> metadata.get(ModelSpecKeys.PREDICTION).filter("v"::equals).isPresent());
  }
}

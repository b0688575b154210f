package dev.lora4j.cli.adapter;

import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.model.BaseLayers;
import dev.lora4j.cli.model.BundledModel;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.checkpoint.BaseCheckpoint;
import dev.lora4j.core.format.checkpoint.CheckpointException;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.RecordedBaseModel;
import dev.lora4j.core.model.KnownBases;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.text.pipeline.AdapterClasses;
import java.nio.file.Path;
import java.util.Optional;

/**
 * The base that an adapter was trained on by its header.
 *
 * @param mark the base in the header
 * @param base its layers, if it is a bundled one or lies where this program has loaded it before
 */
record TrainingBaseModel(RecordedBaseModel mark, Optional<Family> base) {
  /** Training base of an adapter with such a header. */
  static TrainingBaseModel of(Path adapter, Metadata header) {
    RecordedBaseModel mark = RecordedBaseModel.of(header);
    return new TrainingBaseModel(
        mark, mark.hash().flatMap(hash -> base(mark, hash, AdapterClasses.of(adapter).size())));
  }

  private static Optional<Family> base(RecordedBaseModel mark, String hash, int labels) {
    return BundledModel.called(mark.name().orElse("")).stream()
        .filter(bundled -> bundled.hash().equals(hash))
        .findFirst()
        .map(BundledModel::family)
        .or(() -> KnownBases.ofUser().find(hash).flatMap(path -> layers(path, labels)));
  }

  private static Optional<Family> layers(Path base, int labels) {
    try (BaseCheckpoint checkpoint = BaseCheckpoint.open(base)) {
      return Optional.of(BaseLayers.of(checkpoint, labels));
    } catch (CheckpointException | SafetensorsException e) {
      return Optional.empty(); // an encoder alone, or what lies there now
    }
  }

  /** Text for people, as the end of a sentence. */
  String text() {
    return base.map(b -> mark.text() + ", which is here: " + b.title())
        .orElseGet(() -> mark.text() + ", which is not here");
  }

  /** JSON for programs. */
  Json json() {
    return new Json()
        .put("name", mark.name().orElse(""))
        .put("sha256", mark.hash().orElse(""))
        .put("here", base.isPresent());
  }
}

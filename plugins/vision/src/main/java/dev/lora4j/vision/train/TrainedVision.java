package dev.lora4j.vision.train;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.BaseUsage;
import dev.lora4j.core.format.writing.WriteOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained adapter and its losses. The adapter is exactly what {@link #save} writes.
 *
 * @param family the base it is for
 * @param use description of that base for its file
 * @param losses one for each step that this process took
 */
public record TrainedVision(Adapter adapter, Family family, BaseUsage use, List<Float> losses) {
  /** Copies the list. */
  public TrainedVision {
    losses = List.copyOf(losses);
  }

  /** Writes the adapter in a layout by its name; that of {@code peft} is a folder. */
  public void save(Path path, String layout) {
    WriteOptions options = WriteOptions.EXACT.madeFor(use);
    AdapterOutput.write(adapter, family, AdapterWriters.named(layout), options, path);
  }
}

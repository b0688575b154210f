package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.writing.AdapterOutput;
import dev.lora4j.core.format.writing.AdapterWriters;
import dev.lora4j.core.format.writing.WriteOptions;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained adapter and how its loss went. The adapter is exactly what {@link #save} writes:
 * pictures made with it now and with the file later are the same bit for bit.
 *
 * @param family the kind of base it is for
 * @param losses one per step
 */
public record TrainedStyle(Adapter adapter, Family family, List<Float> losses) {
  /** Copies its list. */
  public TrainedStyle {
    losses = List.copyOf(losses);
  }

  /** Writes the adapter in kohya's layout, which other tools read too. */
  public void save(Path file) {
    save(file, "kohya");
  }

  /** Writes the adapter in a layout by its name; that of PEFT is a folder. */
  public void save(Path file, String layout) {
    AdapterOutput.write(adapter, family, AdapterWriters.named(layout), WriteOptions.EXACT, file);
  }
}

package dev.lora4j.diffusion.style;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.format.kohya.KohyaFormat;
import java.nio.file.Path;
import java.util.List;

/**
 * A trained adapter and how its loss went. The adapter is exactly what {@link #save} writes:
 * pictures made with it now and with the file later are the same bit for bit.
 *
 * @param losses one per step
 */
public record TrainedStyle(Adapter adapter, List<Float> losses) {
  /** Copies its list. */
  public TrainedStyle {
    losses = List.copyOf(losses);
  }

  /** Writes the adapter in kohya's layout, which other tools read too. */
  public void save(Path file) {
    new KohyaFormat().write(adapter, file);
  }
}

package dev.lora4j.core.format;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.safetensors.TensorStore;
import java.nio.file.Path;

/** One way in which adapters lie in safetensors files. */
public interface AdapterFormat {
  /** Its stable name, for example {@code kohya}. */
  String name();

  /** Whether the file's keys look like this format. */
  boolean recognises(TensorStore file);

  /**
   * Reads all factors for a base model.
   *
   * @param name what to call the adapter
   * @throws dev.lora4j.core.adapter.AdapterException if a factor is of a method that cannot be
   *     read, half a pair is missing, a factor is for a layer that the base lacks, or nothing would
   *     have an effect
   */
  LoadedAdapter read(String name, TensorStore file, SiteCatalogue base);

  /** What would become of each key with a base model, also where {@link #read} would refuse. */
  KeyAccount account(TensorStore file, SiteCatalogue base);

  /** Writes an adapter, replacing {@code file} only once all is written. */
  void write(Adapter adapter, Path file);
}

package dev.lora4j.core.format.kohya;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.HostTensor;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Writes kohya's flat names of layers, a dot, and the role of the tensor: {@code
 * lora_unet_...lora_down.weight}. LyCORIS writes its methods in the same way.
 */
public final class KohyaFormat {
  /** Writes an adapter, replacing {@code file} only once all is written. */
  public void write(Adapter adapter, Path file) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(adapter.metadata());
    adapter
        .sites()
        .forEach(
            (site, all) -> {
              SortedMap<String, HostTensor> tensors = new TreeMap<>();
              all.forEach(f -> tensors.putAll(Methods.named(f.method()).write(f)));
              tensors.forEach(
                  (role, t) ->
                      writer.add(
                          KohyaNames.flat(site) + "." + role, t.dtype(), t.shape(), t.bytes()));
            });
    writer.write(file);
  }
}

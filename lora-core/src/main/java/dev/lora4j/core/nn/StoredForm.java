package dev.lora4j.core.nn;

import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/**
 * A quantised weight as files have it.
 *
 * @param mapped tensors of the file that are parts of it, with the type and shape of the part
 * @param given parts that are made of what the file says
 */
public record StoredForm(
    WeightForm form, Map<String, TensorInfo> mapped, Map<String, HostTensor> given) {
  /** Copies the maps. */
  public StoredForm {
    mapped = Map.copyOf(mapped);
    given = Map.copyOf(given);
  }
}

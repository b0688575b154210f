package dev.lora4j.core.adapter;

import dev.lora4j.core.tensor.host.HostTensor;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;

/**
 * A method whose files have some tensors once for all layers of a model. Its factors at a layer
 * have what this layer uses of them, under the same roles: see {@link SiteTensors#corner}.
 */
public interface SharingMethod extends AdapterMethod {
  /** Roles of the shared tensors. */
  Set<String> shared();

  /**
   * The shared tensors of a file that says how they are drawn again instead of having them.
   *
   * @param layers all layers of one model with tensors of this method, at least one
   * @return by role; none if the file should have them
   * @throws AdapterException if they cannot be drawn
   */
  SortedMap<String, HostTensor> drawn(List<SiteTensors> layers);
}

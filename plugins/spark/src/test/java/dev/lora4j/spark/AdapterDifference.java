package dev.lora4j.spark;

import dev.lora4j.core.adapter.Adapter;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Map;

/** How far the numbers of two adapters of the same layers are apart. */
final class AdapterDifference {
  private AdapterDifference() {}

  static double greatest(Adapter a, Adapter b) {
    double greatest = 0;
    for (String site : a.sites().keySet()) {
      for (Map.Entry<String, HostTensor> tensor : a.at(site).get(0).tensors().entrySet()) {
        float[] left = tensor.getValue().floats();
        float[] right = b.at(site).get(0).tensor(tensor.getKey()).floats();
        for (int i = 0; i < left.length; i++) {
          greatest = Math.max(greatest, Math.abs(left[i] - right[i]));
        }
      }
    }
    return greatest;
  }
}

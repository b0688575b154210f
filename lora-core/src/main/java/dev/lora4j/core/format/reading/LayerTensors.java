package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Alpha;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.adapter.adalora.AdaloraMethod;
import dev.lora4j.core.adapter.lora.LoraMethod;
import dev.lora4j.core.adapter.mora.MoraMethod;
import dev.lora4j.core.format.FileRoles;
import dev.lora4j.core.format.gguf.PairedRows;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.host.HostTensor;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tensors of one layer of a file, brought to canonical roles. */
final class LayerTensors {
  private final SortedMap<String, HostTensor> byRole = new TreeMap<>();
  private final SortedMap<String, String> keys = new TreeMap<>();
  private final Set<String> converted = new TreeSet<>();

  private LayerTensors() {}

  /**
   * Reads them.
   *
   * @throws AdapterException if one cannot be brought to its canonical role
   */
  static LayerTensors read(AdapterSource source, KeyTable.Group group) {
    LayerTensors tensors = new LayerTensors();
    group.keys().forEach((role, key) -> tensors.add(role, key, widened(source.tensor(key))));
    requireScale(source, group);
    tensors.requireSizes(source, group);
    tensors.join(source, group);
    return tensors;
  }

  /** Numbers of 8 bits in F32, which nothing computes in and all of them are exact in. */
  static HostTensor widened(HostTensor tensor) {
    DType type = tensor.dtype();
    if (!type.floating() || type.bits() != Byte.SIZE || type == DType.F8_E8M0) {
      return tensor;
    }
    double[] values = tensor.doubles();
    float[] wide = new float[values.length];
    for (int i = 0; i < wide.length; i++) {
      wide[i] = (float) values[i];
    }
    return HostTensor.of(tensor.shape(), wide);
  }

  private void add(String role, String key, HostTensor tensor) {
    switch (role) {
      case FileRoles.EMBEDDING_A,
          FileRoles.EMBEDDING_B,
          FileRoles.TURNED_WEIGHT,
          FileRoles.MLX_DOWN,
          FileRoles.MLX_UP -> {
        if (tensor.shape().rank() != 2) {
          throw new AdapterException(key + " is " + tensor + "; it should be a matrix.");
        }
        put(FileRoles.canonical(role), key, Matrices.transposed(tensor));
        converted.add(key);
      }
      default -> {
        int heads = FileRoles.pairedHeads(role);
        put(FileRoles.canonical(role), key, heads == 0 ? tensor : unpaired(key, tensor, heads));
        if (heads > 0) {
          converted.add(key);
        }
      }
    }
  }

  private static HostTensor unpaired(String key, HostTensor tensor, int heads) {
    if (tensor.shape().rank() != 2 || !PairedRows.fit(tensor.shape().size(0), heads)) {
      throw new AdapterException(
          "%s is %s, whose rows are no pairs of the base's %d heads. Name the base that the adapter is for."
              .formatted(key, tensor, heads));
    }
    return PairedRows.undone(tensor, heads);
  }

  /** MLX-LM has its scale in another file; and its head has the adapter of a table it shares. */
  private static void requireScale(AdapterSource source, KeyTable.Group group) {
    String key = group.keys().get(FileRoles.MLX_DOWN);
    if (key == null) {
      return;
    }
    if (group.layer().whole().kind() == Site.Kind.EMBEDDING) {
      throw new AdapterException(
          key
              + " is of an embedding, whose adapter MLX-LM applies to a head of the same table too;"
              + " that cannot be applied.");
    }
    if (!source.config().settings(group.spelled()).containsKey(Alpha.SCALE)) {
      throw new AdapterException(
          key
              + " is of MLX-LM, whose scale is in adapter_config.json alone; give the folder with"
              + " both files, adapters.safetensors and adapter_config.json.");
    }
  }

  private void put(String role, String key, HostTensor tensor) {
    byRole.put(role, tensor);
    keys.put(role, key);
  }

  /** Without its sizes AdaLoRA would be taken for a LoRA. */
  private void requireSizes(AdapterSource source, KeyTable.Group group) {
    String role = byRole.containsKey(LoraMethod.DOWN) ? LoraMethod.DOWN : LoraMethod.UP;
    String key = keys.get(role);
    if (key != null
        && !byRole.containsKey(AdaloraMethod.SIZES)
        && source.config().settings(group.spelled()).containsKey(AdaloraMethod.INITIAL)) {
      throw new AdapterException(
          "%s is of AdaLoRA, as adapter_config.json says, and its %s is missing beside it; the file is damaged or was cut."
              .formatted(key, AdaloraMethod.SIZES));
    }
  }

  /** Takes the matrix of MoRA, which its paper's code writes as both factors of a LoRA, once. */
  private void join(AdapterSource source, KeyTable.Group group) {
    HostTensor down = byRole.get(LoraMethod.DOWN);
    HostTensor up = byRole.get(LoraMethod.UP);
    if (down == null
        || up == null
        || !source.config().settings(group.spelled()).containsKey(MoraMethod.USED)) {
      return;
    }
    String key = keys.getOrDefault(LoraMethod.DOWN, LoraMethod.DOWN);
    if (!up.equals(down)) {
      throw new AdapterException(
          "%s is %s and %s is %s; of MoRA they should be the same matrix."
              .formatted(key, down, keys.getOrDefault(LoraMethod.UP, LoraMethod.UP), up));
    }
    byRole.remove(LoraMethod.DOWN);
    byRole.remove(LoraMethod.UP);
    put(MoraMethod.MATRIX, key, down);
  }

  /** Keys whose values were changed. */
  Set<String> converted() {
    return converted;
  }

  /** Tensors for a site. */
  SiteTensors of(Site site) {
    SiteTensors tensors = new SiteTensors(site);
    byRole.forEach((role, t) -> tensors.add(role, keys.getOrDefault(role, role), t));
    return tensors;
  }
}

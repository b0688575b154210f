package dev.lora4j.core.format.reading;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.adapter.Methods;
import dev.lora4j.core.adapter.SharedTensor;
import dev.lora4j.core.adapter.SharingMethod;
import dev.lora4j.core.adapter.SiteTensors;
import dev.lora4j.core.format.KeyAddress;
import dev.lora4j.core.format.KeyAddress.AllLayers;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/** The tensors of a file that several of its layers share; each is read, or drawn, once. */
final class SharedTensors {
  private static final String WRAPPER = "base_model.";

  private final AdapterSource source;
  private final KeyTable table;
  private final Map<AllLayers, SharedTensor> read = new HashMap<>();
  private final Map<String, SortedMap<String, SharedTensor>> drawn = new HashMap<>();
  private final Set<String> asked = new TreeSet<>();

  SharedTensors(AdapterSource source, KeyTable table) {
    this.source = source;
    this.table = table;
  }

  /**
   * Adds to the tensors of a layer those that it shares with others.
   *
   * @return their keys
   * @throws AdapterException if one is missing
   */
  Set<String> join(KeyTable.Group group, SiteTensors tensors) {
    Set<String> keys = new TreeSet<>();
    for (SharingMethod method : methods(tensors)) {
      for (String role : method.shared()) {
        AllLayers address = new AllLayers(model(group.spelled()), role);
        String key = table.shared().get(address);
        if (key != null) {
          asked.add(key);
          keys.add(key);
          SharedTensor shared = read.computeIfAbsent(address, a -> read(key));
          requireCopy(group, role, key, shared);
          tensors.share(role, key, shared);
        } else if (!tensors.has(role)) {
          tensors.share(role, WRAPPER + role, drawn(method, address, tensors));
        }
      }
    }
    return keys;
  }

  /** Keys that some layer asked for. */
  Set<String> asked() {
    return Collections.unmodifiableSet(asked);
  }

  /** PEFT saves RandLoRA's matrices with each layer as well. */
  private void requireCopy(KeyTable.Group group, String role, String key, SharedTensor shared) {
    String own = group.keys().get(role);
    if (own != null && !LayerTensors.widened(source.tensor(own)).equals(shared.whole())) {
      throw new AdapterException(
          own
              + " is another than "
              + key
              + ", of which it should be a copy; the file was put together of several. Save the"
              + " adapter again with PEFT.");
    }
  }

  private SharedTensor read(String key) {
    return new SharedTensor(LayerTensors.widened(source.tensor(key)));
  }

  private static List<SharingMethod> methods(SiteTensors tensors) {
    List<SharingMethod> methods = new ArrayList<>();
    Methods.all().values().stream()
        .filter(m -> Methods.recognises(m, tensors))
        .forEach(
            m -> {
              if (m instanceof SharingMethod sharing) {
                methods.add(sharing);
              }
            });
    return methods;
  }

  /** The beginning of the names of a model's layers. */
  private static String model(String spelled) {
    int at = spelled.indexOf(WRAPPER);
    return at > 0 ? spelled.substring(0, at) : "";
  }

  private SharedTensor drawn(SharingMethod method, AllLayers address, SiteTensors layer) {
    SortedMap<String, SharedTensor> all =
        drawn.computeIfAbsent(
            method.name() + " " + address.model(), n -> draw(method, address.model()));
    SharedTensor tensor = all.get(address.role());
    if (tensor == null) {
      throw new AdapterException(
          WRAPPER
              + address.role()
              + " is missing, which all layers with "
              + String.join(", ", layer.roles())
              + " share; the file was cut short, or saved without it. Save the adapter again with"
              + " it.");
    }
    return tensor;
  }

  private SortedMap<String, SharedTensor> draw(SharingMethod method, String model) {
    List<SiteTensors> layers = new ArrayList<>();
    for (KeyTable.Group group : table.groups()) {
      SiteTensors tensors = LayerTensors.read(source, group).of(group.layer().whole());
      source.config().settings(group.spelled()).forEach(tensors::set);
      if (model(group.spelled()).equals(model) && method.recognises(tensors)) {
        layers.add(tensors);
      }
    }
    SortedMap<String, SharedTensor> shared = new TreeMap<>();
    method.drawn(layers).forEach((role, tensor) -> shared.put(role, new SharedTensor(tensor)));
    if (!shared.isEmpty()) {
      table.lacking().values().stream().findFirst().ifPresent(SharedTensors::refuse);
    }
    return shared;
  }

  /** The sizes of what is drawn are those of the largest layers, known or not. */
  private static void refuse(KeyAddress.UnknownLayer lacking) {
    throw new AdapterException(
        "The file has no "
            + WRAPPER
            + "tensors that its layers share, and to draw them again the sizes of all layers are"
            + " needed, but the base has no layer for "
            + lacking.spelled()
            + ". Give the base that the adapter was made for.");
  }
}

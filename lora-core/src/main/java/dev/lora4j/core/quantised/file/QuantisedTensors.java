package dev.lora4j.core.quantised.file;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.file.QuantisedLayout.Found;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The tensors of a checkpoint of which some are quantised weights: these appear under their names
 * with the shape of their numbers, and their scales and tables do not appear.
 */
public final class QuantisedTensors implements StoredTensors {
  private static final List<QuantisedLayout> LAYOUTS =
      List.of(new FourBitLayout(), new EightBitLayout(), new Float8Layout());

  private final TensorStore store;
  private final Map<String, Found> found = new HashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private String decodedName = "";
  private Map<String, HostTensor> decodedParts = Map.of();

  private QuantisedTensors(TensorStore store) {
    this.store = store;
    Set<String> others = new HashSet<>();
    for (TensorInfo tensor : store.tensors().values()) {
      for (QuantisedLayout layout : LAYOUTS) {
        Optional<Found> weight = layout.find(store, tensor);
        if (weight.isPresent()) {
          found.put(tensor.name(), weight.get());
          others.addAll(weight.get().others());
          break;
        }
      }
    }
    store
        .tensors()
        .forEach(
            (name, info) -> {
              if (!others.contains(name) && LAYOUTS.stream().noneMatch(l -> l.sign(name))) {
                tensors.put(name, info(name, info));
              }
            });
  }

  /**
   * The tensors of a checkpoint; those of the store itself if none is quantised.
   *
   * @throws dev.lora4j.core.tensor.TensorException if a quantised weight is damaged or not read
   *     here
   */
  public static StoredTensors of(TensorStore store) {
    QuantisedTensors tensors = new QuantisedTensors(store);
    return tensors.found.isEmpty() ? StoredTensors.of(store) : tensors;
  }

  private TensorInfo info(String name, TensorInfo stored) {
    Found weight = found.get(name);
    return weight == null
        ? stored
        : new TensorInfo(name, weight.dtype(), weight.shape(), stored.begin(), stored.end());
  }

  private Found weight(String name) {
    return Objects.requireNonNull(found.get(name), name);
  }

  @Override
  public Path path() {
    return store.path();
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  @Override
  public Path fileOf(String name) {
    return store.fileOf(name);
  }

  @Override
  public long absoluteOffset(String name) {
    return store.absoluteOffset(name);
  }

  @Override
  public void read(String name, long offset, ByteBuffer into) {
    store.read(name, offset, into);
  }

  @Override
  public Optional<StoredForm> quantised(String name) {
    return Optional.ofNullable(found.get(name)).map(Found::form);
  }

  @Override
  public boolean encoded(String name) {
    return found.containsKey(name);
  }

  @Override
  public long row(String name) {
    Found weight = weight(name);
    return weight.shape().size(weight.shape().rank() - 1);
  }

  @Override
  public void decode(String name, long from, float[] values) {
    Found weight = weight(name);
    weight.form().form().numbers(parts(name, weight.form()), weight.shape(), from, values);
  }

  /** The parts of a weight on the heap; those of the last stay for its next rows. */
  private synchronized Map<String, HostTensor> parts(String name, StoredForm form) {
    if (!decodedName.equals(name)) {
      Map<String, HostTensor> parts = new HashMap<>(form.given());
      form.mapped()
          .forEach(
              (part, info) ->
                  parts.put(
                      part,
                      HostTensor.owning(info.dtype(), info.shape(), store.bytes(info.name()))));
      decodedParts = parts;
      decodedName = name;
    }
    return decodedParts;
  }

  @Override
  public String form() {
    StringBuilder all = new StringBuilder("quantised");
    for (String name : tensors.keySet()) {
      quantised(name).map(StoredForm::form).map(WeightForm::canonical).ifPresent(all::append);
    }
    return Digests.hex(all.toString().getBytes(StandardCharsets.UTF_8));
  }
}

package dev.lora4j.core.quantised.file;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredForm;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.quantised.file.QuantisedLayout.Found;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * The tensors of a checkpoint of which some are quantised weights: these appear under their names
 * with the shape of their numbers, and their scales and tables do not appear.
 */
public final class QuantisedTensors implements StoredTensors {
  private static final List<QuantisedLayout> LAYOUTS =
      List.of(new FourBitLayout(), new EightBitLayout(), new Float8Layout());

  private final TensorStore store;
  private final Map<String, Found> found = new HashMap<>();
  private final Map<String, QuantisedLayout> layouts = new HashMap<>();
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private String decodedName = "";
  private Map<String, HostTensor> decodedParts = Map.of();

  private QuantisedTensors(TensorStore store, Predicate<Found> counts) {
    this.store = store;
    Set<String> others = new HashSet<>();
    for (TensorInfo tensor : store.tensors().values()) {
      for (QuantisedLayout layout : LAYOUTS) {
        Optional<Found> weight = layout.find(store, tensor).filter(counts);
        if (weight.isPresent()) {
          found.put(tensor.name(), weight.get());
          layouts.put(tensor.name(), layout);
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
    QuantisedTensors tensors = new QuantisedTensors(store, weight -> true);
    return tensors.found.isEmpty() ? StoredTensors.of(store) : tensors;
  }

  /**
   * The tensors of a checkpoint to be written again. Weights without any scales are no quantised
   * ones here: they are numbers of a type that happens to have 8 bits.
   *
   * @throws dev.lora4j.core.tensor.TensorException if a quantised weight is damaged or not read
   *     here
   */
  public static QuantisedTensors scaled(TensorStore store) {
    return new QuantisedTensors(store, weight -> weight.changing().size() > 1);
  }

  /** The stored tensors that change when a quantised weight has other numbers. */
  public Collection<TensorInfo> changing(String name) {
    return weight(name).changing().values();
  }

  /** Name of the type that the numbers of a quantised weight are rounded to, such as nf4. */
  public String type(String name) {
    return layout(name).type(weight(name));
  }

  /**
   * Rounds other numbers to the form of a quantised weight.
   *
   * @param values its numbers, row after row
   */
  public QuantisedWeight rounded(String name, float[] values) {
    return layout(name).rounded(weight(name), values);
  }

  /** The bytes of {@link #changing} tensors, by name, which a rounded weight has. */
  public Map<String, ByteBuffer> stored(String name, QuantisedWeight rounded) {
    Map<String, ByteBuffer> all = new HashMap<>();
    weight(name)
        .changing()
        .forEach((part, info) -> all.put(info.name(), stored(rounded.part(part), info)));
    return all;
  }

  /** Codes may be stored under another type, and scales in one. */
  private static ByteBuffer stored(HostTensor part, TensorInfo info) {
    return part.bytes().remaining() == info.length()
        ? part.bytes()
        : HostTensor.of(info.dtype(), part.shape(), part.doubles()).bytes();
  }

  /** Shape of a tensor's numbers. */
  public Shape shape(String name) {
    return Objects.requireNonNull(tensors.get(name), name).shape();
  }

  /** Type of the numbers that are read: as they are stored, and F32 of a quantised weight. */
  public DType numberType(String name) {
    return encoded(name) ? DType.F32 : Objects.requireNonNull(tensors.get(name), name).dtype();
  }

  /**
   * Some numbers of a tensor, little-endian.
   *
   * @param from elements before the first; a whole number of rows
   * @param count a whole number of rows, which take less than 2 GiB
   */
  public ByteBuffer numbers(String name, long from, long count) {
    DType type = numberType(name);
    ByteBuffer bytes =
        ByteBuffer.allocate(Math.toIntExact(type.bytes(count))).order(ByteOrder.LITTLE_ENDIAN);
    if (encoded(name)) {
      float[] values = new float[Math.toIntExact(count)];
      decode(name, from, values);
      bytes.asFloatBuffer().put(values);
      return bytes;
    }
    read(name, type.bytes(from), bytes);
    return bytes.flip();
  }

  private QuantisedLayout layout(String name) {
    return Objects.requireNonNull(layouts.get(name), name);
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

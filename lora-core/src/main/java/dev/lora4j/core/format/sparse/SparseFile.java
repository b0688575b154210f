package dev.lora4j.core.format.sparse;

import dev.lora4j.core.adapter.AdapterException;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.host.HostTensor;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A file with tensors that are stored without their zeros, as if it had them whole. All of its
 * header is checked before it is used; what is in a tensor is checked when it is read.
 */
public final class SparseFile {
  /** A tensor without zeros, by the entries that it is stored in. */
  private record Stored(TensorInfo whole, String values, SparseCode.Form form, String places) {}

  private final Path path;
  private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();
  private final Map<String, Stored> sparse = new LinkedHashMap<>();

  private SparseFile(Path path) {
    this.path = path;
  }

  /** Returns true if a file has such tensors, or says so. */
  public static boolean is(Map<String, TensorInfo> tensors, Map<String, String> metadata) {
    return metadata.containsKey(SparseEntries.SHAPES.name())
        || tensors.keySet().stream().anyMatch(SparseEntries::part);
  }

  /**
   * The file.
   *
   * @param stored its tensors as they lie in it
   * @throws AdapterException if header and tensors contradict each other
   */
  public static SparseFile of(
      Path path, Map<String, TensorInfo> stored, Map<String, String> metadata) {
    SparseFile file = new SparseFile(path);
    SortedMap<String, String> shapes =
        new Metadata(metadata)
            .get(SparseEntries.SHAPES)
            .orElseThrow(
                () ->
                    file.wrong(
                        "has tensors without zeros, and no entry "
                            + SparseEntries.SHAPES.name()
                            + " in its header with their shapes"));
    Map<String, TensorInfo> rest = new LinkedHashMap<>(stored);
    shapes.forEach((key, shape) -> file.add(key, shape, rest));
    rest.forEach(
        (key, info) -> {
          if (SparseEntries.part(key)) {
            throw file.wrong(
                "has "
                    + key
                    + ", and the header entry "
                    + SparseEntries.SHAPES.name()
                    + " has no such tensor");
          }
          file.tensors.put(key, info);
        });
    return file;
  }

  private void add(String key, String text, Map<String, TensorInfo> rest) {
    Shape shape =
        SparseEntries.shape(text)
            .orElseThrow(
                () ->
                    wrong(
                        "says in its header that "
                            + key
                            + " has the shape '"
                            + text.substring(0, Math.min(text.length(), 80))
                            + "'; sizes from 1 on with x between are expected, of at most "
                            + SparseCode.MOST_ELEMENTS
                            + " elements together"));
    if (rest.containsKey(key)) {
      throw wrong("has " + key + " twice, whole and without its zeros");
    }
    TensorInfo values =
        Optional.ofNullable(rest.remove(key + SparseEntries.VALUES))
            .orElseThrow(() -> wrong("has no " + key + SparseEntries.VALUES));
    Optional<Stored> found = Optional.empty();
    for (SparseCode.Form form : SparseCode.Form.values()) {
      TensorInfo places = rest.remove(key + SparseEntries.places(form));
      if (places != null) {
        if (found.isPresent()) {
          throw wrong("has the places of " + key + " twice, as gaps and as a mask");
        }
        requireFits(key, shape, values, form, places);
        TensorInfo whole = new TensorInfo(key, values.dtype(), shape, values.begin(), values.end());
        found = Optional.of(new Stored(whole, values.name(), form, places.name()));
      }
    }
    Stored stored = found.orElseThrow(() -> wrong("has no places of the values of " + key));
    sparse.put(key, stored);
    tensors.put(key, stored.whole());
  }

  private void requireFits(
      String key, Shape shape, TensorInfo values, SparseCode.Form form, TensorInfo places) {
    boolean typed =
        SparseCode.TYPES.contains(values.dtype())
            && values.shape().rank() == 1
            && places.dtype() == DType.U8
            && places.shape().rank() == 1;
    if (!typed) {
      throw wrong(
          "stores "
              + key
              + " as "
              + values.dtype()
              + " "
              + values.shape()
              + " and "
              + places.dtype()
              + " "
              + places.shape()
              + "; a list of F64, F32, F16 or BF16 and one of U8 are expected");
    }
    long count = values.shape().elements();
    SparseCode.problem(form, shape.elements(), count, places.shape().elements())
        .ifPresent(
            problem -> {
              throw wrong("does not have " + key + " " + shape + " whole: " + problem);
            });
  }

  private AdapterException wrong(String what) {
    return new AdapterException(path + " " + what + ". The file is damaged; write it anew.");
  }

  /** All tensors by key, those without zeros in their whole shapes. */
  public Map<String, TensorInfo> tensors() {
    return Collections.unmodifiableMap(tensors);
  }

  /** The header's entries without the one that this form needs. */
  public static Map<String, String> plain(Map<String, String> metadata) {
    Map<String, String> plain = new TreeMap<>(metadata);
    plain.remove(SparseEntries.SHAPES.name());
    return plain;
  }

  /**
   * The tensor called {@code key}, whole.
   *
   * @param stored the file's tensors by the keys that they have in it
   * @throws AdapterException if values and places do not go together
   */
  public HostTensor tensor(String key, Function<String, HostTensor> stored) {
    Stored entry = sparse.get(key);
    if (entry == null) {
      return stored.apply(key);
    }
    SparseCode code =
        new SparseCode(stored.apply(entry.values()), entry.form(), stored.apply(entry.places()));
    try {
      return code.tensor(Objects.requireNonNull(tensors.get(key)).shape());
    } catch (IllegalArgumentException e) {
      throw wrong("does not have " + key + " whole: " + e.getMessage());
    }
  }
}

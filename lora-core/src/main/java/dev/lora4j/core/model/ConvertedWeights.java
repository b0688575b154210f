package dev.lora4j.core.model;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightReader;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Loads weights in the type that they are computed in. What is stored in it is mapped from the
 * model's own files. The rest is converted: what is small into memory each time, what is large into
 * a file of the cache once, which is mapped from then on. If there is no cache, or it cannot be
 * used, everything is converted into memory, and the notes say so.
 */
public final class ConvertedWeights {
  /** Below this, converting takes less time than finding the converted. */
  private static final long WORTH_KEEPING = 64L << 20;

  private final DType compute;
  private final Supplier<String> content;
  private final ConversionCache cache;
  private final long worthKeeping;
  private final List<String> notes = new ArrayList<>();
  private String hash = "";
  private long written;

  ConvertedWeights(
      DType compute, Supplier<String> content, ConversionCache cache, long worthKeeping) {
    this.compute = compute;
    this.content = content;
    this.cache = cache;
    this.worthKeeping = worthKeeping;
  }

  /**
   * Creates weights with this user's cache.
   *
   * @param files what the weights are in, whose content the cache goes by
   */
  public static ConvertedWeights in(DType compute, List<Path> files) {
    return new ConvertedWeights(
        compute, () -> KnownHashes.ofUser().of(files), ConversionCache.ofUser(), WORTH_KEEPING);
  }

  /** Notes about written entries and failures, as sentences for the user. */
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (written > 0) {
      all.add(
          "Weights were converted to "
              + compute
              + " and are kept in "
              + cache.folder()
              + " ("
              + ConversionCache.gigabytes(written)
              + "); loading is faster from now on.");
    }
    return all;
  }

  /**
   * Loads weights.
   *
   * @param places where each lies, by the name that its network gives it
   */
  public WeightStore load(Scope scope, TensorStore store, Map<String, StoredWeight> places) {
    return load(scope, StoredTensors.of(store), places);
  }

  /** Loads weights as {@link #load(Scope, TensorStore, Map)} does. */
  public WeightStore load(Scope scope, StoredTensors store, Map<String, StoredWeight> places) {
    Map<String, StoredWeight> asTheyAre = new LinkedHashMap<>();
    Map<String, StoredWeight> others = new LinkedHashMap<>();
    try (Scope raw = scope.child("raw")) {
      WeightReader reader = new WeightReader(raw, store, compute);
      places.forEach((name, w) -> (reader.views(w) ? asTheyAre : others).put(name, w));
    }
    WeightStore mapped = WeightStore.load(scope, store, asTheyAre, compute);
    return mapped.and(converted(scope, store, others));
  }

  private WeightStore converted(
      Scope scope, StoredTensors store, Map<String, StoredWeight> others) {
    long bytes = others.values().stream().mapToLong(w -> compute.bytes(w.shape().elements())).sum();
    if (bytes < worthKeeping || cache.limit() == 0) {
      return WeightStore.load(scope, store, others, compute);
    }
    try {
      Path entry = cache.entry(name(store.form(), others));
      if (!whole(entry, others)) {
        cache.makeRoom(bytes);
        write(scope, store, others, entry);
        written += bytes;
      }
      ConversionCache.used(entry);
      try (TensorStore kept = TensorStore.open(entry)) {
        return WeightStore.load(scope, kept, StoredWeight.all(kept.tensors()), compute);
      }
    } catch (IOException | UncheckedIOException | SafetensorsException e) {
      notes.add(
          "The weights that were converted to "
              + compute
              + " are not kept for the next time: "
              + e.getMessage()
              + ".");
      return WeightStore.load(scope, store, others, compute);
    }
  }

  /** Named after all that the result depends on. */
  String name(String form, Map<String, StoredWeight> others) {
    if (hash.isEmpty()) {
      hash = content.get();
    }
    MessageDigest digest = Digests.sha256();
    others.forEach(
        (name, w) ->
            digest.update((name + '\n' + w.canonical() + '\n').getBytes(StandardCharsets.UTF_8)));
    String made = hash + ' ' + compute.name() + form;
    digest.update(made.getBytes(StandardCharsets.UTF_8));
    return Digests.hex(digest);
  }

  /** Returns true if the entry is complete; one that was cut short is not. */
  private boolean whole(Path entry, Map<String, StoredWeight> others) {
    if (!Files.exists(entry)) {
      return false;
    }
    try (TensorStore kept = TensorStore.open(entry)) {
      Map<String, TensorInfo> found = kept.tensors();
      return found.size() == others.size()
          && others.entrySet().stream().allMatch(o -> fits(found.get(o.getKey()), o.getValue()));
    } catch (SafetensorsException e) {
      return false;
    }
  }

  private boolean fits(@Nullable TensorInfo found, StoredWeight wanted) {
    return found != null && found.dtype() == compute && found.shape().equals(wanted.shape());
  }

  private void write(
      Scope scope, StoredTensors store, Map<String, StoredWeight> others, Path entry) {
    try (Scope raw = scope.child("converting")) {
      WeightReader reader = new WeightReader(raw, store, compute);
      SafetensorsWriter writer =
          new SafetensorsWriter()
              .metadata(Map.of("lora4j.converted_from", store.path().toString()));
      others.forEach(
          (name, weight) ->
              writer.add(
                  name,
                  compute,
                  weight.shape(),
                  (WritableByteChannel out) -> reader.write(weight, out)));
      writer.write(entry);
    }
  }
}

package dev.lora4j.core.model;

import dev.lora4j.core.identity.Digests;
import dev.lora4j.core.model.BasePrecision.StoredBits;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.WeightReader;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.quantised.Quantisation;
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
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
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

  /** Rounded to few bits, weights are so many times smaller than before. */
  private static final long SMALLER = 4;

  private final DType compute;
  private final Supplier<String> content;
  private final ConversionCache cache;
  private final long worthKeeping;
  private final Optional<Rounding> rounding;
  private final StoredBits stored;
  private final boolean mapping;
  private final List<String> notes = new ArrayList<>();
  private String hash = "";
  private long written;
  private boolean anyPacked;

  /** A quantisation, and the weights by network that it is for. */
  private record Rounding(Quantisation how, BiPredicate<String, Parameter> which) {}

  ConvertedWeights(
      DType compute, Supplier<String> content, ConversionCache cache, long worthKeeping) {
    this(compute, content, cache, worthKeeping, Optional.empty(), StoredBits.USUAL, false);
  }

  private ConvertedWeights(
      DType compute,
      Supplier<String> content,
      ConversionCache cache,
      long worthKeeping,
      Optional<Rounding> rounding,
      StoredBits stored,
      boolean mapping) {
    this.compute = compute;
    this.content = content;
    this.cache = cache;
    this.worthKeeping = worthKeeping;
    this.rounding = rounding;
    this.stored = stored;
    this.mapping = mapping;
  }

  private ConvertedWeights with(StoredBits use) {
    return new ConvertedWeights(compute, content, cache, worthKeeping, rounding, use, mapping);
  }

  /**
   * A copy whose large weights are all mapped: they are kept in the cache or refused, and so are
   * all that are rounded.
   */
  public ConvertedWeights mapping() {
    return new ConvertedWeights(compute, content, cache, worthKeeping, rounding, stored, true);
  }

  /**
   * A copy that rounds weights to few bits: those that suit the quantisation.
   *
   * @param which which of them, by network and parameter
   */
  public ConvertedWeights quantised(Quantisation how, BiPredicate<String, Parameter> which) {
    return new ConvertedWeights(
        compute,
        content,
        cache,
        worthKeeping,
        Optional.of(new Rounding(how, which)),
        stored,
        mapping);
  }

  /**
   * Loads weights of a network, some of them rounded to few bits.
   *
   * @param network name of the network
   * @param parameters what it asks for
   * @param places where each lies, by the name that the network gives it
   */
  WeightStore load(
      Scope scope,
      String network,
      List<Parameter> parameters,
      StoredTensors store,
      Map<String, StoredWeight> places) {
    Set<String> tables =
        parameters.stream()
            .filter(p -> p.init() == Parameter.Init.EMBEDDING)
            .map(Parameter::name)
            .collect(Collectors.toSet());
    if (rounding.isEmpty()) {
      return load(scope, store, places, tables);
    }
    Rounding asked = rounding.get();
    Map<String, StoredWeight> rounded = new LinkedHashMap<>();
    for (Parameter parameter : parameters) {
      StoredWeight place = places.get(parameter.name());
      if (place != null
          && (store.quantised(place.tensor()).isEmpty() || !store.keepsForms())
          && asked.how().suits(parameter)
          && asked.which().test(network, parameter)) {
        rounded.put(parameter.name(), place);
      }
    }
    if (rounded.isEmpty() && parameters.stream().anyMatch(p -> asked.which().test(network, p))) {
      notes.add(
          "The weights of "
              + network
              + " are quantised in "
              + store.path()
              + " already, or too small; none was rounded to "
              + asked.how().name()
              + ".");
    }
    Map<String, StoredWeight> others = new LinkedHashMap<>(places);
    others.keySet().removeAll(rounded.keySet());
    WeightStore plain = load(scope, store, others, tables);
    if (rounded.isEmpty()) {
      return plain;
    }
    QuantisedWeights weights = new QuantisedWeights(store, rounded, asked.how(), compute);
    return plain.and(quantised(scope, weights)).withUnrounded(weights.unrounded(scope));
  }

  private WeightStore quantised(Scope scope, QuantisedWeights weights) {
    if (!mapping && (weights.bytes() < worthKeeping / SMALLER || cache.limit() == 0)) {
      return weights.inMemory(scope);
    }
    try {
      String form = weights.store().form() + ' ' + weights.quantisation().canonical();
      Path entry = cache.entry(name(form, weights.places()));
      if (!Files.exists(entry) || !whole(entry, weights)) {
        cache.makeRoom(weights.bytes());
        weights.write(scope, entry);
        written += weights.bytes();
      }
      ConversionCache.used(entry);
      try (TensorStore kept = TensorStore.open(entry)) {
        return weights.mapped(scope, kept);
      }
    } catch (IOException | UncheckedIOException | SafetensorsException e) {
      requireMemory(e);
      notes.add(
          "The weights that were rounded to "
              + weights.quantisation().name()
              + " are not kept for the next time: "
              + e.getMessage()
              + ".");
      return weights.inMemory(scope);
    }
  }

  private static boolean whole(Path entry, QuantisedWeights weights) {
    try (TensorStore kept = TensorStore.open(entry)) {
      return weights.in(kept);
    } catch (SafetensorsException e) {
      return false;
    }
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

  /**
   * Creates weights of a precision with this user's cache.
   *
   * @param files what the weights are in, whose content the cache goes by
   * @param which which of the weights that suit the quantisation are rounded, by network and
   *     parameter
   */
  public static ConvertedWeights of(
      BasePrecision precision, List<Path> files, BiPredicate<String, Parameter> which) {
    ConvertedWeights plain = in(precision.compute(), files).with(precision.stored());
    return precision.quantisation().map(how -> plain.quantised(how, which)).orElse(plain);
  }

  /** Notes about written entries and failures, as sentences for the user. */
  public List<String> notes() {
    List<String> all = new ArrayList<>(notes);
    if (stored != StoredBits.USUAL && !anyPacked) {
      all.add("The base has no weights in few bits that could be kept or become numbers.");
    }
    if (written > 0) {
      all.add(
          "Weights were converted to "
              + rounding.map(r -> r.how().name()).orElse(compute.toString())
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
  public WeightStore load(Scope scope, StoredTensors store, Map<String, StoredWeight> all) {
    return load(scope, store, all, Set.of());
  }

  /**
   * Loads weights.
   *
   * @param tables names of those of which only some rows are used, and which become numbers
   */
  private WeightStore load(
      Scope scope, StoredTensors store, Map<String, StoredWeight> all, Set<String> tables) {
    Map<String, StoredWeight> layers = new LinkedHashMap<>(all);
    layers.keySet().removeAll(tables);
    StoredForms packed = StoredForms.of(store, layers, compute);
    anyPacked |= !packed.places().isEmpty();
    boolean keeps =
        switch (stored) {
          case USUAL -> store.keepsForms();
          case KEPT -> true;
          case FULL -> false;
        };
    if (!keeps || packed.places().isEmpty()) {
      return plain(scope, store, all);
    }
    Map<String, StoredWeight> others = new LinkedHashMap<>(all);
    others.keySet().removeAll(packed.places().keySet());
    return plain(scope, store, others).and(packed.mapped(scope));
  }

  private WeightStore plain(Scope scope, StoredTensors store, Map<String, StoredWeight> places) {
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
    if (bytes < worthKeeping || (!mapping && cache.limit() == 0)) {
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
      requireMemory(e);
      notes.add(
          "The weights that were converted to "
              + compute
              + " are not kept for the next time: "
              + e.getMessage()
              + ".");
      return WeightStore.load(scope, store, others, compute);
    }
  }

  /** Refuses to convert large weights into memory if they are to be mapped. */
  private void requireMemory(Exception why) {
    if (mapping) {
      throw new ModelException(
          "The weights are not stored in "
              + compute
              + ", and to be read block by block they are converted into the cache, which failed: "
              + why.getMessage()
              + ". Give the cache more room (LORA4J_CACHE_GB), or compute in the type that they are"
              + " stored in.",
          why);
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

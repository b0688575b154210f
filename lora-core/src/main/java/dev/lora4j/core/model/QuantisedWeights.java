package dev.lora4j.core.model;

import dev.lora4j.core.nn.MappedTensors;
import dev.lora4j.core.nn.QuantisedWeight;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.nn.StoredWeight;
import dev.lora4j.core.nn.UnroundedWeight;
import dev.lora4j.core.nn.WeightForm;
import dev.lora4j.core.nn.WeightReader;
import dev.lora4j.core.nn.WeightStore;
import dev.lora4j.core.quantised.Quantisation;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.TensorException;
import java.io.IOException;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Weights of a checkpoint that are rounded to few bits: in memory, or in a file of the cache that
 * is mapped.
 *
 * @param places where each lies, by the name that its network gives it
 * @param compute type that their numbers are computed in
 */
record QuantisedWeights(
    StoredTensors store,
    Map<String, StoredWeight> places,
    Quantisation quantisation,
    DType compute) {

  /** Bytes of their parts. */
  long bytes() {
    return places.values().stream()
        .flatMap(w -> quantisation.form().parts(w.shape()).stream())
        .mapToLong(part -> part.dtype().bytes(part.shape().elements()))
        .sum();
  }

  /** Rounds them in memory, which belongs to {@code scope}. */
  WeightStore inMemory(Scope scope) {
    CollectedForms all = new CollectedForms(scope);
    try (Scope raw = scope.child("quantising")) {
      LastRounded last = new LastRounded(raw, new WeightReader(raw, store, DType.F32));
      places.forEach(
          (name, place) -> {
            Map<String, Tensor> parts = new HashMap<>();
            last.of(name).parts().forEach((part, value) -> parts.put(part, value.on(scope)));
            all.add(name, quantisation.form(), place.shape(), parts);
          });
    }
    return all.weights(store.path().toString(), compute);
  }

  /** Their numbers before rounding, of those that lie in the file as numbers. */
  Map<String, UnroundedWeight> unrounded(Scope scope) {
    Map<String, UnroundedWeight> all = new HashMap<>();
    try (Scope raw = scope.child("raw")) {
      WeightReader reader = new WeightReader(raw, store, DType.F32);
      places.forEach((name, w) -> reader.unrounded(scope, w).ifPresent(u -> all.put(name, u)));
    }
    return all;
  }

  /** Rounds them into a file. */
  void write(Scope scope, Path entry) {
    try (Scope raw = scope.child("quantising")) {
      WeightReader reader = new WeightReader(raw, store, DType.F32);
      SafetensorsWriter writer =
          new SafetensorsWriter()
              .metadata(Map.of("lora4j.converted_from", store.path().toString()));
      // One weight is in memory at a time: its parts are written one after the other.
      LastRounded last = new LastRounded(raw, reader);
      places.forEach(
          (name, weight) -> {
            for (WeightForm.Part part : quantisation.form().parts(weight.shape())) {
              writer.add(
                  WeightForm.tensor(name, part.name()),
                  part.dtype(),
                  part.shape(),
                  (WritableByteChannel out) -> write(last.of(name), part, out));
            }
          });
      writer.write(entry);
    }
  }

  private static void write(QuantisedWeight weight, WeightForm.Part part, WritableByteChannel out)
      throws IOException {
    out.write(weight.part(part.name()).bytes());
  }

  /** Returns true if a file has all their parts. */
  boolean in(TensorStore kept) {
    Map<String, TensorInfo> found = kept.tensors();
    return places.entrySet().stream()
        .allMatch(
            place ->
                quantisation.form().parts(place.getValue().shape()).stream()
                    .allMatch(part -> fits(found, place.getKey(), part)));
  }

  private static boolean fits(Map<String, TensorInfo> found, String name, WeightForm.Part part) {
    TensorInfo info = found.get(WeightForm.tensor(name, part.name()));
    return info != null && info.dtype() == part.dtype() && info.shape().equals(part.shape());
  }

  /** Maps them from a file that has all their parts. */
  WeightStore mapped(Scope scope, TensorStore kept) {
    CollectedForms all = new CollectedForms(scope);
    try (Scope raw = scope.child("raw")) {
      MappedTensors mapped = new MappedTensors(kept, raw);
      places.forEach(
          (name, place) -> {
            Map<String, Tensor> parts = new HashMap<>();
            for (WeightForm.Part part : quantisation.form().parts(place.shape())) {
              TensorInfo info = kept.tensors().get(WeightForm.tensor(name, part.name()));
              parts.put(part.name(), mapped.tensor(scope, Objects.requireNonNull(info)));
            }
            all.add(name, quantisation.form(), place.shape(), parts);
          });
    }
    return all.weights(store.path().toString(), compute);
  }

  /** The weight that was rounded last. */
  private final class LastRounded {
    private final Scope raw;
    private final WeightReader reader;
    private String name = "";
    private QuantisedWeight weight =
        new QuantisedWeight(quantisation.form(), Shape.of(0), Map.of());

    LastRounded(Scope raw, WeightReader reader) {
      this.raw = raw;
      this.reader = reader;
    }

    QuantisedWeight of(String wanted) {
      if (!wanted.equals(name)) {
        StoredWeight place = Objects.requireNonNull(places.get(wanted));
        try (Tensor plain = reader.read(raw, place)) {
          float[] values = plain.floats();
          requireFinite(wanted, values);
          weight = quantisation.quantised(values, place.shape());
        }
        name = wanted;
      }
      return weight;
    }
  }

  private void requireFinite(String name, float[] values) {
    for (float value : values) {
      if (!Float.isFinite(value)) {
        throw new TensorException(
            "The weight "
                + name
                + " of "
                + store.path()
                + " has a value that is not a finite number, "
                + value
                + ", which cannot be rounded to "
                + quantisation.name()
                + ". Load the base without it.");
      }
    }
  }
}

package dev.lora4j.text.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.model.WeightLocations;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.safetensors.TensorStore;
import dev.lora4j.core.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The weights of a folder in the layout of transformers: one file, or shards with their index. */
final class TransformersFolder implements WeightLocations, AutoCloseable {
  private final Path folder;
  private final TextFamily family;
  private final TensorStore store;

  TransformersFolder(Path folder, TextFamily family) {
    this.folder = folder;
    this.family = family;
    store = TensorStore.open(WeightFiles.main(folder));
  }

  /** The files with the weights. */
  List<Path> files() {
    return WeightFiles.of(folder);
  }

  /** The shape in which a weight lies there, if it does. */
  Optional<Shape> shape(Parameter parameter) {
    return family.places(parameter).stream()
        .flatMap(
            p ->
                Optional.ofNullable(store.tensors().get(p.tensor()))
                    .map(t -> p.shape(t.shape()))
                    .stream())
        .findFirst();
  }

  boolean has(Parameter parameter) {
    return shape(parameter).isPresent();
  }

  @Override
  public TensorStore store(String model) {
    return store;
  }

  @Override
  public String label(String model) {
    return "";
  }

  @Override
  public List<Placement> places(String model, Parameter parameter) {
    return family.places(parameter);
  }

  @Override
  public List<String> unknown(String model, List<String> unclaimed) {
    return unclaimed.stream().filter(n -> !family.ignores(n)).toList();
  }

  @Override
  public void close() {
    store.close();
  }
}

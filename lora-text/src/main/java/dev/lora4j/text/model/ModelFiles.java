package dev.lora4j.text.model;

import dev.lora4j.core.format.Placement;
import dev.lora4j.core.gguf.GgufFile;
import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.ModelException;
import dev.lora4j.core.model.WeightLocations;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.text.gguf.GgufLanguageModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The files of a language model: a folder in the layout of transformers, or a GGUF file. */
abstract sealed class ModelFiles implements WeightLocations, AutoCloseable
    permits TransformersFolder, GgufModelFile {
  private final ConfigFile config;
  private final TextFamily family;

  /**
   * Files with a configuration.
   *
   * @throws ModelException if its model is of no known family
   */
  ModelFiles(ConfigFile config) {
    this.config = config;
    this.family = TextFamilies.of(config);
  }

  /**
   * Opens the files of a model; of its weights only the headers are read.
   *
   * @throws ModelException if it is no language model that can be computed
   */
  static ModelFiles open(Path path) {
    if (gguf(path)) {
      return new GgufModelFile(path);
    }
    requireFolder(path);
    return new TransformersFolder(path);
  }

  private static void requireFolder(Path path) {
    if (!Files.exists(path.resolve(TransformersFolder.CONFIG))) {
      throw new ModelException(
          path
              + " is no language model: expected a folder in the layout of transformers, with"
              + " config.json, model.safetensors and tokenizer.json, or a GGUF file.");
    }
  }

  /**
   * The configuration of a model, whose weights need not be there.
   *
   * @throws ModelException if there is none
   */
  static ConfigFile config(Path path) {
    if (gguf(path)) {
      return GgufLanguageModel.open(path).config();
    }
    requireFolder(path);
    return ConfigFile.read(path.resolve(TransformersFolder.CONFIG));
  }

  private static boolean gguf(Path path) {
    return GgufFile.named(path) && !Files.isDirectory(path);
  }

  /** The configuration, in the words of transformers. */
  ConfigFile config() {
    return config;
  }

  /** The kind of model. */
  TextFamily family() {
    return family;
  }

  /** The files with the weights. */
  abstract List<Path> files();

  /** The tensors that are the weights. */
  abstract StoredTensors tensors();

  /**
   * Writes what lies beside the configuration and the weights in a folder of transformers, such as
   * the tokeniser.
   */
  abstract void writeBeside(Path folder) throws IOException;

  /** The shape in which a weight lies there, if it does. */
  Optional<Shape> shape(Parameter parameter) {
    return family.places(parameter).stream()
        .flatMap(
            p ->
                Optional.ofNullable(tensors().tensors().get(p.tensor()))
                    .map(t -> p.shape(t.shape()))
                    .stream())
        .findFirst();
  }

  boolean has(Parameter parameter) {
    return shape(parameter).isPresent();
  }

  @Override
  public StoredTensors store(String model) {
    return tensors();
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
    // A GGUF file is mapped, which nobody closes.
  }
}

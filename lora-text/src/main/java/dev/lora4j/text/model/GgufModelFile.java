package dev.lora4j.text.model;

import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.text.gguf.GgufLanguageModel;
import dev.lora4j.text.token.TextTokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A GGUF file with all of a model. */
final class GgufModelFile extends ModelFiles {
  private final Path path;
  private final StoredTensors tensors;

  GgufModelFile(Path path) {
    this(path, GgufLanguageModel.open(path));
  }

  private GgufModelFile(Path path, GgufLanguageModel model) {
    super(model.config());
    this.path = path;
    this.tensors = model.weights();
  }

  @Override
  List<Path> files() {
    return List.of(path);
  }

  @Override
  StoredTensors tensors() {
    return tensors;
  }

  @Override
  void writeBeside(Path folder) throws IOException {
    TextTokenizer.write(path, folder);
  }
}

package dev.lora4j.text.model;

import dev.lora4j.core.model.ConfigFile;
import dev.lora4j.core.model.WeightFiles;
import dev.lora4j.core.nn.StoredTensors;
import dev.lora4j.core.quantised.file.QuantisedTensors;
import dev.lora4j.core.safetensors.TensorStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/** A folder in the layout of transformers, with one file of weights, or shards with their index. */
final class TransformersFolder extends ModelFiles {
  static final String CONFIG = "config.json";

  private static final List<String> BESIDE =
      List.of(
          "generation_config.json",
          "preprocessor_config.json",
          "normalizer.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "spiece.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "vocab.txt",
          "chat_template.jinja",
          "modules.json",
          "sentence_bert_config.json",
          "config_sentence_transformers.json",
          "1_Pooling/config.json");

  private final Path folder;
  private final TensorStore store;
  private final StoredTensors tensors;

  TransformersFolder(Path folder) {
    super(ConfigFile.read(folder.resolve(CONFIG)));
    this.folder = folder;
    store = TensorStore.open(WeightFiles.main(folder));
    tensors = QuantisedTensors.of(store);
  }

  @Override
  List<Path> files() {
    return WeightFiles.of(folder);
  }

  @Override
  StoredTensors tensors() {
    return tensors;
  }

  @Override
  void writeBeside(Path target) throws IOException {
    for (String name : BESIDE) {
      if (Files.exists(folder.resolve(name))) {
        Files.createDirectories(target.resolve(name).getParent());
        Files.copy(folder.resolve(name), target.resolve(name), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @Override
  public void close() {
    store.close();
  }
}

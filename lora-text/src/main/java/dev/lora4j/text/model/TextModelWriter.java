package dev.lora4j.text.model;

import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a language model as a folder in the layout of transformers. */
public final class TextModelWriter {
  private static final List<String> BESIDE =
      List.of(
          "config.json",
          "generation_config.json",
          "tokenizer.json",
          "tokenizer_config.json",
          "tokenizer.model",
          "spiece.model",
          "special_tokens_map.json",
          "added_tokens.json",
          "vocab.json",
          "merges.txt",
          "vocab.txt",
          "chat_template.jinja");

  private TextModelWriter() {}

  /**
   * Writes a model with some weights changed; all else is that of the base's folder.
   *
   * @param changed by the name of the weight
   * @param stored the type that weights are written in
   * @param folder is made if need be
   */
  public static void write(TextModel base, Map<String, Tensor> changed, DType stored, Path folder) {
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
    List<Parameter> parameters =
        Network.walk(
            TextModel.MODEL,
            base.compute(),
            (graph, weights) -> {
              base.network().walk(weights.apply(SiteAdapters.NONE), base.compute());
              return List.of();
            });
    try (Scope scope = base.scope().child("writing")) {
      for (Parameter parameter : parameters) {
        Tensor weight =
            Optional.ofNullable(changed.get(parameter.name()))
                .orElseGet(() -> base.weights().tensor(parameter.name()));
        writer.add(
            parameter.name(),
            stored,
            parameter.shape(),
            () -> {
              try (Tensor converted = weight.to(scope, stored)) {
                return converted.bytes();
              }
            });
      }
      Files.createDirectories(folder);
      for (String name : BESIDE) {
        if (Files.exists(base.path().resolve(name))) {
          Files.copy(
              base.path().resolve(name), folder.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
      }
      writer.write(folder.resolve("model.safetensors"));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + folder + ": " + e.getMessage(), e);
    }
  }
}

package dev.lora4j.text.model;

import com.google.gson.JsonParser;
import dev.lora4j.core.adapter.Matrices;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.nn.Parameter;
import dev.lora4j.core.nn.SiteAdapters;
import dev.lora4j.core.safetensors.RegularFile;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.StagedFolder;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.text.network.EncoderNetwork;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Writes a language model as a folder in the layout of transformers. */
public final class TextModelWriter {
  private TextModelWriter() {}

  /**
   * Writes a model with some weights changed; all else is that of the base's folder. Where a layer
   * that shared the weight of another no longer does, or weights are of another type, the
   * configuration is changed to match.
   *
   * @param changed by the name of the weight
   * @param stored the type that weights are written in
   * @param folder if it is new or empty, it gets all files at once
   */
  public static void write(TextModel base, Map<String, Tensor> changed, DType stored, Path folder) {
    write(base, changed, stored, folder, List.of());
  }

  /**
   * Writes a model as {@link #write(TextModel, Map, DType, Path)} does, with the class names of its
   * head.
   *
   * @param labels in the order of their numbers; none leaves those of the configuration
   */
  public static void write(
      TextModel base, Map<String, Tensor> changed, DType stored, Path folder, List<String> labels) {
    Map<String, String> shared = base.network().shared();
    boolean parted =
        shared.entrySet().stream()
            .anyMatch(e -> changed.containsKey(e.getKey()) || changed.containsKey(e.getValue()));
    SafetensorsWriter writer = new SafetensorsWriter().metadata(Map.of("format", "pt"));
    try (Scope scope = base.scope().child("writing")) {
      for (Parameter parameter : parameters(base)) {
        String name = parameter.name();
        boolean same = shared.containsKey(name) && !parted;
        if (!same && base.weights().has(name)) {
          add(writer, scope, base, parameter, changed, stored);
        }
      }
      boolean perToken = base.network() instanceof EncoderNetwork encoder && encoder.perToken();
      WrittenConfig config = new WrittenConfig(stored, parted, List.copyOf(labels), perToken);
      if (StagedFolder.taken(folder)) {
        write(base, config, writer, folder);
      } else {
        Path parent = folder.toAbsolutePath().normalize().getParent();
        if (parent != null) {
          Files.createDirectories(parent);
        }
        try (StagedFolder staged = StagedFolder.beside(folder)) {
          write(base, config, writer, staged.path());
          staged.commit();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + folder + ": " + e.getMessage(), e);
    }
  }

  private static void write(
      TextModel base, WrittenConfig config, SafetensorsWriter writer, Path folder)
      throws IOException {
    try (ModelFiles files = ModelFiles.open(base.path())) {
      files.writeBeside(folder);
    }
    config.write(configuration(base), folder.resolve(TransformersFolder.CONFIG));
    writer.write(folder.resolve("model.safetensors"));
  }

  /** The text of the folder's own configuration, or of one that was made. */
  private static String configuration(TextModel base) throws IOException {
    Path file = base.config().file();
    return file.equals(base.path())
        ? WrittenConfig.text(JsonParser.parseString(base.config().json()).getAsJsonObject())
        : RegularFile.text(file, RegularFile.TEXT);
  }

  private static List<Parameter> parameters(TextModel base) {
    return Network.walk(
        TextModel.MODEL,
        base.compute(),
        (graph, weights) -> {
          base.network().walk(weights.apply(SiteAdapters.NONE), base.compute());
          return List.of();
        });
  }

  /** Adds a weight as the family's checkpoints have it. */
  private static void add(
      SafetensorsWriter writer,
      Scope scope,
      TextModel base,
      Parameter parameter,
      Map<String, Tensor> changed,
      DType stored) {
    Shape shape = parameter.shape();
    boolean turned = base.kind().places(parameter).get(0).transposed();
    writer.add(
        parameter.name(),
        stored,
        turned ? Shape.of(shape.size(1), shape.size(0)) : shape,
        () -> {
          try (Scope work = scope.child("weight")) {
            Tensor weight =
                Optional.ofNullable(changed.get(parameter.name()))
                    .orElseGet(() -> base.weights().numbers(work, parameter.name()));
            Tensor converted = weight.to(work, stored);
            return turned
                ? Matrices.transposed(HostTensor.of(converted)).bytes()
                : converted.bytes();
          }
        });
  }
}

package dev.lora4j.vision;

import dev.lora4j.core.mix.BatchMix;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.safetensors.SafetensorsWriter;
import dev.lora4j.core.safetensors.StagedFolder;
import dev.lora4j.core.safetensors.TensorInfo;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.vision.data.PicturePreparation;
import dev.lora4j.vision.network.ResNetFiles;
import dev.lora4j.vision.network.WrittenResNetConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * A ResNet with adapters in its weights and with the model's head, laid out as its base: a file
 * with torchvision's names, or a folder of transformers.
 */
public final class MergedVisionModel {
  /** What transformers wants to know of a file. */
  private static final Map<String, String> FORMAT = Map.of("format", "pt");

  private final VisionModel model;
  private final ResNetFiles files;
  private final Map<String, Tensor> changed;
  private final UnaryOperator<DType> stored;

  private MergedVisionModel(
      VisionModel model,
      ResNetFiles files,
      Map<String, Tensor> changed,
      UnaryOperator<DType> stored) {
    this.model = model;
    this.files = files;
    this.changed = changed;
    this.stored = stored;
  }

  /**
   * Merges adapters into copies of the weights and writes these; the base stays as it is. Sums are
   * formed in the model's compute type and rounded once. Names of classes and what the network sees
   * of a picture are written beside them: in the configurations of a folder, or in a file's header.
   *
   * @param mix the adapters, whose weights do not depend on steps
   * @param seen how pictures become what the network reads
   * @param stored the type that a weight is written in, of the base's
   * @param out a new file if the base is one, else a folder that is new or empty
   * @return number of changed weights
   * @throws dev.lora4j.core.adapter.AdapterException if an adapter depends on a layer's input
   */
  public static int write(
      VisionModel model,
      MixPlan mix,
      PicturePreparation seen,
      UnaryOperator<DType> stored,
      Path out) {
    MixPlan plan = mix.route(Route.MERGED);
    try (Scope scope = model.scope().child("merge");
        ResNetFiles files = ResNetFiles.open(model.path())) {
      BatchMix rows = new BatchMix(List.of(plan), model.sites(), VisionModel.MODEL);
      Map<String, Tensor> changed =
          rows.mergedSites(scope, new MergedParameter(scope), model.weights(), 0).at(plan.at(0, 1));
      new MergedVisionModel(model, files, changed, stored).write(scope, seen, out);
      return changed.size();
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write " + out + ": " + e.getMessage(), e);
    }
  }

  private void write(Scope scope, PicturePreparation seen, Path out) throws IOException {
    SafetensorsWriter writer = new SafetensorsWriter();
    files.stored().values().forEach(info -> add(writer, scope, info));
    DType head = stored.apply(files.type());
    headNames().forEach(name -> add(writer, scope, name, head));
    if (!Files.isDirectory(model.path())) {
      writer.metadata(header(seen)).write(out);
      return;
    }
    Path parent = out.toAbsolutePath().normalize().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    try (StagedFolder staged = StagedFolder.beside(out)) {
      WrittenResNetConfig.write(model.path(), model.labels(), head, staged.path());
      if (seen.equals(model.preparation())) {
        WrittenResNetConfig.copyPreparation(model.path(), staged.path());
      } else {
        WrittenResNetConfig.writePreparation(seen, staged.path());
      }
      writer.metadata(FORMAT).write(staged.path().resolve("model.safetensors"));
      staged.commit();
    }
  }

  /** Header of a file that has no configuration beside it. */
  private Map<String, String> header(PicturePreparation seen) {
    Map<String, String> all = new HashMap<>(VisionClasses.metadata(model.labels(), seen.size()));
    all.putAll(FORMAT);
    return all;
  }

  private List<String> headNames() {
    String head = model.network().sizes().names().head();
    return model.labels().isEmpty() ? List.of() : List.of(head + ".weight", head + ".bias");
  }

  /** Adds a tensor of the base, but for its head; as it lies where nothing changes it. */
  private void add(SafetensorsWriter writer, Scope scope, TensorInfo info) {
    String name = info.name();
    if (headNames().contains(name)) {
      return;
    }
    boolean weight = model.weights().has(name);
    if (weight && (changed.containsKey(name) || stored.apply(info.dtype()) != info.dtype())) {
      add(writer, scope, name, stored.apply(info.dtype()));
    } else {
      writer.add(name, info.dtype(), info.shape(), () -> files.bytes(name));
    }
  }

  private void add(SafetensorsWriter writer, Scope scope, String name, DType type) {
    writer.add(
        name,
        type,
        model.weights().shape(name),
        () -> {
          try (Scope work = scope.child("weight")) {
            return Optional.ofNullable(changed.get(name))
                .orElseGet(() -> model.weights().numbers(work, name))
                .to(work, type)
                .bytes();
          }
        });
  }
}

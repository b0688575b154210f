package dev.lora4j.core.train.calibration;

import dev.lora4j.core.adapter.training.SiteRecipe;
import dev.lora4j.core.adapter.training.WarmStartFactors;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.safetensors.SafetensorsException;
import dev.lora4j.core.tensor.TensorException;
import dev.lora4j.core.tensor.host.HostTensor;
import dev.lora4j.core.train.CheckpointFolder;
import dev.lora4j.core.train.LossScale;
import dev.lora4j.core.train.TrainingCheckpoint;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.run.CheckpointPolicy;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The result of calibration, beside the checkpoints, so that a run that resumes keeps it. */
final class CalibrationFile {
  static final String NAME = "calibration.safetensors";

  private static final String RANK = "rank of ";
  private static final String ALPHA = "alpha of ";
  private static final String SEPARATOR = "/";

  private CalibrationFile() {}

  /** Writes it if there is a folder for checkpoints. */
  static void write(CheckpointPolicy keeping, Map<Site, WarmStartFactors> layers) {
    Map<String, HostTensor> tensors = new TreeMap<>();
    Map<String, String> notes = new HashMap<>(keeping.identity());
    layers.forEach(
        (site, factors) -> {
          notes.put(RANK + site.name(), Long.toString(factors.recipe().rank()));
          notes.put(ALPHA + site.name(), Double.toString(factors.recipe().alpha()));
          factors
              .values()
              .forEach((part, value) -> tensors.put(site.name() + SEPARATOR + part, value));
        });
    keeping
        .checkpoints()
        .ifPresent(
            folder ->
                new CheckpointFolder(folder, 1)
                    .writeBeside(
                        new TrainingCheckpoint(tensors, "", "", LossScale.FIRST, 0, notes), NAME));
  }

  /**
   * What an earlier part of the run has decided; empty if it resumes from none, or the file is not
   * whole or of another run.
   */
  static Optional<Map<Site, WarmStartFactors>> read(CheckpointPolicy keeping, AdapterPlan plan) {
    Optional<Path> file =
        keeping.checkpoints().map(folder -> folder.resolve(NAME)).filter(Files::exists);
    if (!keeping.resume() || file.isEmpty()) {
      return Optional.empty();
    }
    try {
      TrainingCheckpoint found = TrainingCheckpoint.read(file.get());
      boolean same =
          keeping.identity().entrySet().stream()
              .allMatch(e -> e.getValue().equals(found.notes().get(e.getKey())));
      return same ? Optional.of(layers(found, plan)).filter(l -> !l.isEmpty()) : Optional.empty();
    } catch (TensorException | SafetensorsException | UncheckedIOException e) {
      // The same batches decide the same again.
      return Optional.empty();
    }
  }

  private static Map<Site, WarmStartFactors> layers(TrainingCheckpoint found, AdapterPlan plan) {
    Map<Site, WarmStartFactors> layers = new LinkedHashMap<>();
    plan.sites()
        .forEach(
            (site, usual) -> {
              String rank = found.notes().get(RANK + site.name());
              String alpha = found.notes().get(ALPHA + site.name());
              if (rank != null && alpha != null) {
                SiteRecipe recipe =
                    new SiteRecipe(
                        Long.parseLong(rank),
                        Double.parseDouble(alpha),
                        usual.rankStabilised(),
                        usual.start());
                layers.put(site, new WarmStartFactors(recipe, values(found, site)));
              }
            });
    return layers;
  }

  private static Map<String, HostTensor> values(TrainingCheckpoint found, Site site) {
    Map<String, HostTensor> values = new HashMap<>();
    for (String part : List.copyOf(found.tensors().keySet())) {
      String prefix = site.name() + SEPARATOR;
      if (part.startsWith(prefix)) {
        values.put(part.substring(prefix.length()), found.tensors().get(part));
      }
    }
    return values;
  }
}

package dev.lora4j.diffusion.style;

import dev.lora4j.core.format.metadata.FileHashes;
import dev.lora4j.core.format.metadata.HeaderEntries;
import dev.lora4j.core.format.metadata.KohyaKeys;
import dev.lora4j.core.format.metadata.Metadata;
import dev.lora4j.core.format.metadata.ModelSpecKeys;
import dev.lora4j.core.model.BasePrecision;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.train.adapter.AdapterPlan;
import dev.lora4j.core.train.adapter.NetworkMetadata;
import dev.lora4j.diffusion.base.DiffusionModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Metadata of a training in an adapter's header, in kohya's names and forms: all that sd-scripts
 * writes, as far as it applies here. It has no times of the clock, so that the same run gives the
 * same file. The parts are {@link NetworkMetadata}, {@link LearningMetadata}, {@link
 * ObjectiveMetadata} and {@link DataSetMetadata}.
 *
 * @param base metadata of the base
 * @param precision of the base
 * @param others of the caller; these win
 */
record StyleMetadata(Metadata base, BasePrecision precision, Map<String, String> others) {
  /** Metadata of training on a base, whose files are read now and not when the work is done. */
  static StyleMetadata on(DiffusionModel base, Map<String, String> others) {
    return new StyleMetadata(ofBase(base), base.precision(), others);
  }

  /** Metadata of an adapter that learnt a style, as it is after {@code steps}. */
  Map<String, String> of(
      String name, StyleSettings settings, AdapterPlan plan, SampleSource samples, int steps) {
    Metadata objective = ObjectiveMetadata.of(settings.objective());
    return of(name, settings, plan, samples, objective, steps);
  }

  /**
   * Metadata of the adapter as it is after {@code steps}.
   *
   * @param objective metadata of the loss
   */
  Map<String, String> of(
      String name,
      StyleSettings settings,
      AdapterPlan plan,
      SampleSource samples,
      Metadata objective,
      int steps) {
    Metadata pictures = new Metadata(samples.metadata());
    Metadata all =
        Metadata.EMPTY
            .with(KohyaKeys.OUTPUT_NAME, name)
            .withAll(base)
            .withAll(network(plan, settings.rates()))
            .withAll(NetworkMetadata.onBase(plan, precision))
            .withAll(LearningMetadata.of(settings, plan, samples.epoch(), steps))
            .withAll(objective)
            .withAll(pictures);
    Optional<Long> batch = pictures.get(KohyaKeys.BATCH);
    if (batch.isPresent()) {
      all = all.with(KohyaKeys.WHOLE_BATCH, batch.get() * settings.accumulate());
    }
    return all.withAll(new Metadata(others)).entries();
  }

  /** The network, with the ratio of LoRA+, which kohya has among its arguments. */
  private static Metadata network(AdapterPlan plan, LearningRates rates) {
    Metadata network = NetworkMetadata.of(plan);
    if (rates.upRatio() == 1) {
      return network;
    }
    Map<String, String> arguments = new TreeMap<>();
    network.get(KohyaKeys.NETWORK_ARGS).ifPresent(arguments::putAll);
    arguments.put("loraplus_lr_ratio", Double.toString(rates.upRatio()));
    return network.with(KohyaKeys.NETWORK_ARGS, new TreeMap<>(arguments));
  }

  private static Metadata ofBase(DiffusionModel base) {
    HeaderEntries entries =
        new HeaderEntries()
            .put(KohyaKeys.BASE_NAME.name(), fileName(base.path()))
            .put(KohyaKeys.BASE_HASH.name(), base.hash())
            .put("ss_mixed_precision", precision(base.compute()));
    base.denoiserFile().ifPresent(file -> entries.put("lora4j_denoiser", fileName(file)));
    // That of a folder of many files would be of none that somebody could look for.
    if (Files.isRegularFile(base.path()) && base.denoiserFile().isEmpty()) {
      entries.put(KohyaKeys.BASE_OLD_HASH.name(), FileHashes.legacy(base.path()));
    }
    switch (base.schedule().config().prediction()) {
      case EPSILON -> entries.put(ModelSpecKeys.PREDICTION.name(), "epsilon");
      case V_PREDICTION -> entries.put(ModelSpecKeys.PREDICTION.name(), "v");
      case FLOW -> {
        // The standard has no word for it.
      }
    }
    return entries.metadata();
  }

  private static String precision(DType compute) {
    return switch (compute) {
      case BF16 -> "bf16";
      case F16 -> "fp16";
      default -> "no";
    };
  }

  private static String fileName(Path path) {
    return Optional.ofNullable(path.getFileName()).map(Path::toString).orElse("");
  }
}

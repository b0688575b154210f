package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.RandomAdapter;
import dev.lora4j.core.format.LoadedAdapter;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Made-up adapters of rank 16 for the linear layers in a denoiser's transformers. */
final class StepAdapters {
  static final int RANK = 16;

  private StepAdapters() {}

  /** Writes so many, unless they are there. */
  static List<Path> write(Bench bench, Path folder, int count) {
    List<Path> files = new ArrayList<>();
    try (Scope scope = bench.engine().scope("adapters")) {
      for (int i = 0; i < count; i++) {
        Path file = bench.folder().resolve(folder.getFileName() + "-" + i + ".safetensors");
        if (!Files.exists(file)) {
          LoadedDenoiser base = LoadedDenoiser.of(scope, folder, DType.F32);
          RandomAdapter.write(bench.engine(), file, base.family(), sites(base), RANK, i);
        }
        files.add(file);
      }
    }
    return files;
  }

  /** A plan with all of them. */
  static MixPlan read(LoadedDenoiser base, List<Path> files) {
    MixPlan plan = MixPlan.NONE;
    for (Path file : files) {
      LoadedAdapter loaded = AdapterFiles.read(file, base.family(), ReadOptions.STRICT);
      plan = plan.with(loaded.adapter(), StepSetting.WEIGHT);
    }
    return plan;
  }

  /** The layers that the adapters are for, which kohya's trainer has by default. */
  static List<Site> sites(LoadedDenoiser base) {
    return base.sites().all().stream()
        .filter(s -> s.kind() == Site.Kind.LINEAR)
        .filter(s -> s.name().startsWith("unet.") && s.name().contains(".attentions."))
        .toList();
  }
}

package dev.lora4j.bench.flow;

import dev.lora4j.bench.Contender;
import dev.lora4j.bench.RandomAdapter;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.format.Family;
import dev.lora4j.core.format.reading.AdapterFiles;
import dev.lora4j.core.format.reading.ModelFamily;
import dev.lora4j.core.format.reading.ReadOptions;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.Route;
import dev.lora4j.core.nn.Site;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.denoising.MixedNetworks;
import dev.lora4j.diffusion.denoising.PipelinePrograms;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Ours: from an adapter's file to the first prediction of a loaded base that is another by it,
 * merged or unmerged.
 */
public final class OurFlowChange implements Contender {
  /** Weight of the adapter. */
  private static final double WEIGHT = 1;

  private static final int RANK = 16;

  private final Lora4j lora;
  private final Scope scope;
  private final Path file;
  private final DiffusionModel model;
  private final Route route;
  private final PipelinePrograms programs;
  private final Map<String, Tensor> data;

  /** For a process of its own, with the setting of the text and the route behind. */
  public OurFlowChange(String text) {
    FluxSetting setting = FluxSetting.of(text);
    route = Route.valueOf(text.substring(text.lastIndexOf(FluxSetting.SEPARATOR) + 1));
    int threads = Integer.getInteger("ai.djl.pytorch.num_threads", 1);
    lora = Lora4j.open(EngineOptions.DEFAULT.threads(threads));
    scope = lora.engine().scope("flow-change");
    file = setting.file();
    model = DiffusionModel.load(scope, setting.folder(), setting.options());
    programs = PipelinePrograms.of(scope, model);
    data = FlowInputs.of(scope, model.denoiser(), setting.side(), setting.words());
    step(MixPlan.NONE); // the base is loaded, and has been used
  }

  /** Writes an adapter for the layers of the blocks, if it is not there. */
  static Path adapter(Engine engine, FluxSetting setting, Path file) {
    if (Files.exists(file)) {
      return file;
    }
    try (Scope scope = engine.scope("adapter")) {
      DiffusionModel model = DiffusionModel.load(scope, setting.folder(), setting.options());
      List<Site> sites =
          model.sites().all().stream()
              .filter(s -> s.kind() == Site.Kind.LINEAR && s.name().contains("_blocks."))
              .filter(s -> !s.name().contains(".norm"))
              .toList();
      return RandomAdapter.write(engine, file, family(model), "diffusers", sites, RANK, 0);
    }
  }

  private static Family family(DiffusionModel model) {
    return ModelFamily.of(String.valueOf(model.path().getFileName()), model.sites());
  }

  private MixPlan read() {
    return MixPlan.of(AdapterFiles.read(file, family(model), ReadOptions.STRICT).adapter(), WEIGHT)
        .route(route);
  }

  private float[] step(MixPlan plan) {
    try (Scope work = scope.child("step")) {
      return new MixedNetworks(work, model, programs, plan, 1).unet(work, data, 0).floats();
    }
  }

  /** The prediction without the adapter. */
  double[] before() {
    return FlowInputs.shown(step(MixPlan.NONE));
  }

  @Override
  public String name() {
    return "lora4j";
  }

  @Override
  public double[] check() {
    return FlowInputs.shown(step(read()));
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, () -> step(read()));
  }

  @Override
  public void close() {
    scope.close();
    lora.close();
  }
}

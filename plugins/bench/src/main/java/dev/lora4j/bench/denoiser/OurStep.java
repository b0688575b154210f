package dev.lora4j.bench.denoiser;

import dev.lora4j.bench.Contender;
import dev.lora4j.bench.denoiser.StepSetting.Route;
import dev.lora4j.core.Lora4j;
import dev.lora4j.core.mix.MergedParameter;
import dev.lora4j.core.mix.MergedSites;
import dev.lora4j.core.mix.MixPlan;
import dev.lora4j.core.mix.UnmergedAdapters;
import dev.lora4j.core.mix.Weight;
import dev.lora4j.core.model.Network;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Engine;
import dev.lora4j.core.tensor.EngineOptions;
import dev.lora4j.core.tensor.HeldInputs;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.tensor.Shape;
import dev.lora4j.core.tensor.Tensor;
import dev.lora4j.diffusion.base.AdapterInputs;
import dev.lora4j.diffusion.base.StagedNetworks;
import dev.lora4j.emoji.EmojiSd;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Ours: the whole step as one program, with merged or unmerged adapters. */
public final class OurStep implements Contender {
  private static final String MODEL = "unet";

  /** Steps of a picture. */
  private static final int STEPS = 20;

  private static final Weight RISING = Weight.parse("0.1@0,2@1:cosine");

  private final Optional<Lora4j> own;
  private final Scope scope;
  private final StepSetting setting;
  private final MixPlan plan;
  private final Network network;
  private final HeldInputs held;
  private final Map<String, Tensor> data = new HashMap<>();
  private int steps;

  /** For a process of its own, with the setting of the text. */
  public OurStep(String text) {
    this(
        Lora4j.open(
            EngineOptions.DEFAULT.threads(Integer.getInteger("ai.djl.pytorch.num_threads", 1))),
        text);
  }

  private OurStep(Lora4j lora, String text) {
    this(Optional.of(lora), lora.engine(), StepSetting.of(text));
  }

  /** A step of the bundled base without adapters, in this process. */
  public static OurStep ofBundledBase(Engine engine, DType compute) {
    StepSetting setting = StepSetting.plain(EmojiSd.folder(), compute, 1, DenoiserStep.EMOJI_SIDE);
    return new OurStep(Optional.empty(), engine, setting);
  }

  OurStep(Optional<Lora4j> own, Engine engine, StepSetting setting) {
    this.own = own;
    this.setting = setting;
    scope = engine.scope("denoiser-step");
    LoadedDenoiser base = LoadedDenoiser.of(scope, setting.folder(), setting.compute());
    MixPlan constant = StepAdapters.read(base, setting.adapters());
    plan =
        setting.route() == Route.SCHEDULED
            ? constant.parts(constant.parts().stream().map(p -> p.weight(RISING)).toList())
            : constant;
    MergedParameter patch = new MergedParameter(scope);
    Set<String> beside =
        setting.route().unmerged()
            ? UnmergedAdapters.unmergedSites(plan, base.sites(), MODEL)
            : Set.of();
    Set<String> inside = UnmergedAdapters.touched(plan, MODEL);
    inside.removeAll(beside);
    AdapterInputs inputs =
        beside.isEmpty() ? AdapterInputs.NONE : new UnmergedAdapters(beside)::declare;
    network =
        Network.compile(
            scope,
            MODEL,
            setting.compute(),
            StagedNetworks.denoiser(base.network(), setting.compute(), inputs));
    MergedSites patched =
        new MergedSites(scope, patch, base.weights(), base.sites(), MODEL, inside, plan);
    held =
        network.hold(
            scope,
            base.weights(),
            patched.at(plan.overall(MODEL)),
            new UnmergedAdapters(beside).factors(scope, patch, base.sites(), plan));
    if (!beside.isEmpty()) {
      float[] weights = plan.overall(MODEL);
      data.put(UnmergedAdapters.WEIGHTS, Tensor.of(scope, Shape.of(1, weights.length), weights));
    }
    data.putAll(StepData.of(scope, base.network(), setting));
  }

  @Override
  public String name() {
    int count = setting.adapters().size();
    return switch (setting.route()) {
      case NONE -> "lora4j without adapters";
      case MERGED -> "lora4j with " + count + " merged";
      case UNMERGED -> "lora4j with " + count + " unmerged";
      case SCHEDULED -> "lora4j with " + count + " that count otherwise in each step";
    };
  }

  @Override
  public double[] check() {
    return StepData.shown(step());
  }

  private float[] step() {
    try (Scope work = scope.child("step")) {
      if (setting.route() == Route.SCHEDULED) {
        float[] weights = plan.at(steps++ % STEPS, STEPS);
        data.put(UnmergedAdapters.WEIGHTS, Tensor.of(work, Shape.of(1, weights.length), weights));
      }
      return network.run(work, held, data).get(0).floats();
    }
  }

  @Override
  public double[] run(int units) {
    return Contender.timed(units, this::step);
  }

  @Override
  public void close() {
    scope.close();
    own.ifPresent(Lora4j::close);
  }
}

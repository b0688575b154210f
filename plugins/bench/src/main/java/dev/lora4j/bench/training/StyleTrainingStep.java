package dev.lora4j.bench.training;

import dev.lora4j.bench.Bench;
import dev.lora4j.bench.Benchmark;
import dev.lora4j.bench.Case;
import dev.lora4j.bench.Contender;
import dev.lora4j.bench.Detail;
import dev.lora4j.bench.Race;
import dev.lora4j.bench.Result;
import dev.lora4j.bench.Target;
import dev.lora4j.bench.Work;
import dev.lora4j.bench.denoiser.RandomDenoiser;
import dev.lora4j.core.tensor.DType;
import dev.lora4j.core.tensor.Scope;
import dev.lora4j.core.train.run.StepCost;
import dev.lora4j.diffusion.base.DiffusionModel;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.style.StyleCost;
import dev.lora4j.diffusion.style.StyleSettings;
import dev.lora4j.spi.Extension;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** A whole step of training a LoRA beside peft and kohya's network, on the same cached inputs. */
@Extension(
    point = Benchmark.class,
    name = "training-step",
    help =
        "one step of training a LoRA of rank 16 on attention, at Stable Diffusion 1's "
            + "size and 512x512 and on the bundled base, with and without checkpointing; "
            + "beside diffusers with peft, and with kohya's network from the folder that "
            + "SD_SCRIPTS names")
public final class StyleTrainingStep implements Benchmark {
  /** Losses and norms of the first steps, as a share of the greatest. */
  private static final double F32_TOLERANCE = 1e-3;

  private static final double BF16_TOLERANCE = 0.1;

  @Override
  public List<Case> cases() {
    return List.of(
        new Large("sd15-f32", DType.F32, DType.F32, Peer.PEFT, false, 1.0),
        new Large("sd15-f32-kohya", DType.F32, DType.F32, Peer.KOHYA, false, 1.0),
        new Large("sd15-bf16", DType.BF16, DType.BF16, Peer.PEFT, false, 1.0),
        new Large("sd15-bf16-autocast", DType.BF16, DType.BF16, Peer.AUTOCAST, false, 1.0),
        new Large("sd15-bf16-kohya", DType.BF16, DType.BF16, Peer.KOHYA, false, 1.0),
        new Large("sd15-default", DType.BF16, DType.F32, Peer.PEFT, false, 0.6),
        new Large("sd15-f32-checkpointing", DType.F32, DType.F32, Peer.PEFT, true, 1.0),
        new Large("sd15-bf16-checkpointing", DType.BF16, DType.BF16, Peer.PEFT, true, 1.0),
        new Twice("sd15-f32-with-against-without", DType.F32),
        new Twice("sd15-bf16-with-against-without", DType.BF16),
        new Small(1, Target.atMost(0.8)),
        new Small(8, Target.NONE));
  }

  private static TrainingSetting large(Bench bench, DType stored) {
    String type = stored.name().toLowerCase(Locale.ROOT);
    Path folder = RandomModel.write(bench.folder().resolve("sd15-training-" + type), stored);
    Path inputs = bench.folder().resolve("sd15-training-inputs-" + type + ".safetensors");
    return new TrainingSetting(folder, stored, 1, RandomDenoiser.SIDE, false, inputs);
  }

  private static double tolerance(DType compute) {
    return compute == DType.F32 ? F32_TOLERANCE : BF16_TOLERANCE;
  }

  /** Adds what the step computes, and for F32 the least time that it takes here. */
  private static List<Result> run(Bench bench, Race race, TrainingSetting setting) {
    StepCost cost = cost(bench, setting);
    boolean ceiling = setting.compute() == DType.F32;
    Optional<Work> work =
        ceiling ? Optional.of(new Work(cost.flops(), cost.weights())) : Optional.empty();
    return race.run(setting.compute(), tolerance(setting.compute()), work).stream()
        .map(result -> with(result, cost))
        .toList();
  }

  private static StepCost cost(Bench bench, TrainingSetting setting) {
    try (Scope scope = bench.engine().scope("cost")) {
      DiffusionModel model =
          DiffusionModel.load(scope, setting.folder(), LoadOptions.in(setting.compute()));
      StyleSettings style = setting.style();
      int side = setting.side();
      return StyleCost.of(
          model, style.recipe().plan(model.sites().all()), style, setting.batch(), side, side);
    }
  }

  private static Result with(Result result, StepCost cost) {
    double rate = cost.flops() / result.ours() / 1e6;
    String text =
        String.format(Locale.ROOT, "%.1f GFLOP, at %.0f GFLOP/s in ours", cost.flops() / 1e9, rate);
    List<Detail> details = new ArrayList<>(result.details());
    details.add(new Detail("gflops", rate, text));
    return new Result(
        result.name(),
        result.ours(),
        result.peer(),
        result.peerName(),
        result.ratio(),
        result.unit(),
        result.dtype(),
        result.target(),
        details);
  }

  /**
   * Stable Diffusion 1's size, one picture.
   *
   * @param compute the type of ours, and of the file
   * @param theirs the type of the peer; F32 is its default
   */
  private record Large(
      String name, DType compute, DType theirs, Peer peer, boolean checkpointing, double target)
      implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      if (!peer.possible(bench)) {
        return List.of();
      }
      TrainingSetting setting = large(bench, compute).checkpointing(checkpointing);
      try (Race race = bench.race(bench.java(OurTraining.class, setting.text()))) {
        race.against(peer.start(bench, setting.in(theirs)), Target.atMost(target));
        return run(bench, race, setting);
      }
    }
  }

  /** Case of ours with gradient checkpointing against ours without. */
  private record Twice(String name, DType compute) implements Case {
    @Override
    public List<Result> measure(Bench bench) {
      TrainingSetting setting = large(bench, compute);
      Contender with = bench.java(OurTraining.class, setting.checkpointing(true).text());
      try (Race race = bench.race(with)) {
        race.against(bench.java(OurTraining.class, setting.text()), Target.NONE);
        return run(bench, race, setting.checkpointing(true));
      }
    }
  }

  /** The bundled base in F32, beside both peers. */
  private record Small(int batch, Target target) implements Case {
    @Override
    public String name() {
      return "emoji-sd-batch" + batch;
    }

    @Override
    public List<Result> measure(Bench bench) {
      TrainingSetting setting = OurTraining.bundled(batch, bench.folder());
      try (Race race = bench.race(bench.java(OurTraining.class, setting.text()))) {
        boolean any = false;
        for (Peer peer : List.of(Peer.PEFT, Peer.KOHYA)) {
          if (peer.possible(bench)) {
            any = true;
            race.against(peer.start(bench, setting), target);
          }
        }
        return any ? run(bench, race, setting) : List.of();
      }
    }
  }
}

package dev.lora4j.cli.train;

import dev.lora4j.cli.console.Console;
import dev.lora4j.cli.console.Durations;
import dev.lora4j.cli.console.Invocation;
import dev.lora4j.cli.console.Json;
import dev.lora4j.cli.file.LockedFolder;
import dev.lora4j.cli.file.OutputFile;
import dev.lora4j.cli.model.DeviceOption;
import dev.lora4j.core.Lora4j;
import dev.lora4j.diffusion.base.LoadOptions;
import dev.lora4j.diffusion.config.BaseRun;
import dev.lora4j.diffusion.config.StageSettings;
import dev.lora4j.diffusion.evaluation.StyleTargets;
import dev.lora4j.diffusion.judge.Judges;
import dev.lora4j.diffusion.pipeline.StableDiffusion;
import dev.lora4j.emoji.BaseTraining;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/** The command {@code train} for a run file that makes a base: all stages, a score after each. */
final class BaseTrainingRun {
  static final String SCORES = "scores.json";
  static final String IMAGES = "images";

  private final Console console;
  private final BaseRun run;
  private final boolean json;
  private final Json report = new Json();

  BaseTrainingRun(Console console, BaseRun run, boolean json) {
    this.console = console;
    this.run = run;
    this.json = json;
  }

  /** Runs all stages, from where an earlier run stopped unless it is overwritten. */
  @SuppressWarnings("try") // the claim is only held
  void run(DeviceOption where, boolean overwrite) {
    long began = System.nanoTime();
    Optional<BaseScores> scores =
        run.scoring().concepts() == 0
            ? Optional.empty()
            : Optional.of(new BaseScores(run.scoring()));
    BaseTraining.requireData(run);
    where.require();
    try (LockedFolder claim = LockedFolder.of(run.work());
        Lora4j lora = where.open(console);
        Open open = Open.of(scores, lora)) {
      BaseTraining training = BaseTraining.of(lora, run, overwrite, console::note);
      report.put("base", run.folder().toString());
      double decibels = training.autoencoder();
      report.put("decibels", decibels);
      String heldOut = on(run.autoencoder().stage());
      tell(String.format(Locale.ROOT, "vae: %.2f dB%s", decibels, heldOut));
      double loss = training.denoiser();
      report.put("heldOutLoss", loss);
      heldOut = on(run.denoiser().stage());
      tell(String.format(Locale.ROOT, "denoiser: loss %.4f%s", loss, heldOut));
      open.by().ifPresent(judges -> judge(lora, scores.orElseThrow(), judges));
    } catch (CancellationException e) {
      CancellationException stopped =
          new CancellationException(
              "Stopped; what was done is kept, and the same command goes on from there.");
      stopped.initCause(e);
      throw stopped;
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    report.put("seconds", seconds);
    OutputFile.text(run.work().resolve(SCORES), report + "\n");
    if (json) {
      console.print(report.toString());
    }
    console.note("Done in " + Durations.text(seconds) + ". To see it:");
    console.note("  " + Invocation.of("generate", "a fox", "--base", run.folder().toString()));
  }

  /** Opened before anything is trained: a wrong style must not be found at the end. */
  private record Open(Optional<Judges> by) implements AutoCloseable {
    static Open of(Optional<BaseScores> scores, Lora4j lora) {
      return new Open(scores.map(s -> s.judges(lora)));
    }

    @Override
    public void close() {
      by.ifPresent(Judges::close);
    }
  }

  private void judge(Lora4j lora, BaseScores scores, Judges judges) {
    try (StableDiffusion sd =
        StableDiffusion.open(lora, run.folder(), LoadOptions.in(run.precision()))) {
      BaseScores.Found found = scores.of(console, sd, judges, run.work().resolve(IMAGES));
      int n = found.plain().pictures();
      report.put("pictures", n).put("conceptTop10", found.plain().conceptTop10());
      tell("base: the right concept in the top 10 in " + share(found.plain().conceptTop10(), n));
      found
          .styled()
          .ifPresent(
              styled -> {
                String style = run.scoring().style().orElseThrow();
                double share = styled.style().orElseThrow();
                report
                    .put("style", style)
                    .put("styleAccuracy", share)
                    .put("conceptTop10InStyle", styled.conceptTop10());
                tell(
                    "base: "
                        + style
                        + " in "
                        + share(share, styled.pictures())
                        + " whose prompt names it, the right concept in "
                        + StyleTargets.percent(styled.conceptTop10()));
              });
    }
  }

  /** Scores are results; beside one JSON object they are notes. */
  private void tell(String line) {
    if (json) {
      console.note(line);
    } else {
      console.print(line);
    }
  }

  private static String on(StageSettings stage) {
    return ", " + stage.heldOut() + " held-out pictures";
  }

  private static String share(double share, int of) {
    return StyleTargets.percent(share) + " of " + of + " pictures";
  }
}
